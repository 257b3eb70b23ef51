namespace Aeamc.P2P.Native.RocksDb;

/// <summary>
/// Walks one family in key order over the snapshot taken when it was made. <see cref="Key"/> and <see cref="Value"/> are views of the engine's
/// memory, good until the next move. Use by one thread at a time, and dispose it: an iterator pins files.
/// </summary>
public sealed unsafe class RocksDbIterator : IDisposable
{
    private readonly IteratorHandle _handle;

    internal RocksDbIterator(IteratorHandle handle) => _handle = handle;

    /// <summary>Whether the iterator stands on a pair. False at the end.</summary>
    /// <exception cref="RocksDbException">The walk ended because of damage or an I/O error rather than at the last key.</exception>
    public bool Valid
    {
        get
        {
            if (RocksDbNative.IteratorValid(_handle) != 0)
            {
                return true;
            }

            byte* error = null;
            RocksDbNative.IteratorError(_handle, &error);
            RocksDbException.ThrowIfError(error, "iterate");
            return false;
        }
    }

    public ReadOnlySpan<byte> Key
    {
        get
        {
            RequireValid();
            nuint length;
            byte* at = RocksDbNative.IteratorKey(_handle, &length);
            return new ReadOnlySpan<byte>(at, checked((int)length));
        }
    }

    public ReadOnlySpan<byte> Value
    {
        get
        {
            RequireValid();
            nuint length;
            byte* at = RocksDbNative.IteratorValue(_handle, &length);
            return new ReadOnlySpan<byte>(at, checked((int)length));
        }
    }

    public void SeekToFirst() => RocksDbNative.IteratorSeekToFirst(_handle);

    public void SeekToLast() => RocksDbNative.IteratorSeekToLast(_handle);

    /// <summary>Moves to the first key at or after <paramref name="key"/>.</summary>
    public void Seek(ReadOnlySpan<byte> key)
    {
        fixed (byte* at = key)
        {
            RocksDbNative.IteratorSeek(_handle, at, (nuint)key.Length);
        }
    }

    /// <summary>Moves to the last key at or before <paramref name="key"/>.</summary>
    public void SeekForPrevious(ReadOnlySpan<byte> key)
    {
        fixed (byte* at = key)
        {
            RocksDbNative.IteratorSeekForPrevious(_handle, at, (nuint)key.Length);
        }
    }

    public void Next()
    {
        RequireValid();
        RocksDbNative.IteratorNext(_handle);
    }

    public void Previous()
    {
        RequireValid();
        RocksDbNative.IteratorPrevious(_handle);
    }

    public void Dispose() => _handle.Dispose();

    // The engine asserts this, and an assertion there is the end of the process.
    private void RequireValid()
    {
        if (RocksDbNative.IteratorValid(_handle) == 0)
        {
            throw new InvalidOperationException("The iterator stands on no pair: ask Valid first.");
        }
    }
}
