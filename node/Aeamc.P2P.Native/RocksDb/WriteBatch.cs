namespace Aeamc.P2P.Native.RocksDb;

/// <summary>Changes to any families of one database, applied all or none by <see cref="RocksDb.Write"/>. Not safe for use by two threads at once.</summary>
public sealed unsafe class WriteBatch : IDisposable
{
    internal WriteBatchHandle Handle { get; } = new();

    /// <summary>How many changes it holds.</summary>
    public int Count => RocksDbNative.WriteBatchCount(Handle);

    public void Put(ColumnFamily family, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* keyAt = key, valueAt = value)
        {
            RocksDbNative.WriteBatchPut(Handle, family.Handle, keyAt, (nuint)key.Length, valueAt, (nuint)value.Length);
        }
    }

    public void Delete(ColumnFamily family, ReadOnlySpan<byte> key)
    {
        fixed (byte* keyAt = key)
        {
            RocksDbNative.WriteBatchDelete(Handle, family.Handle, keyAt, (nuint)key.Length);
        }
    }

    /// <summary>Deletes every key from <paramref name="start"/> up to but not including <paramref name="end"/>.</summary>
    public void DeleteRange(ColumnFamily family, ReadOnlySpan<byte> start, ReadOnlySpan<byte> end)
    {
        fixed (byte* startAt = start, endAt = end)
        {
            RocksDbNative.WriteBatchDeleteRange(Handle, family.Handle, startAt, (nuint)start.Length, endAt, (nuint)end.Length);
        }
    }

    /// <summary>Empties the batch for reuse.</summary>
    public void Clear() => RocksDbNative.WriteBatchClear(Handle);

    public void Dispose() => Handle.Dispose();
}
