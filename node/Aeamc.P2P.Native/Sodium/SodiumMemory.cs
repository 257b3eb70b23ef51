using System.Runtime.InteropServices;

namespace Aeamc.P2P.Native.Sodium;

/// <summary>
/// Bytes from <c>sodium_malloc</c>: between guard pages, locked against swapping where the system allows it, left out of core dumps, and
/// wiped when freed. One block takes at least four pages, so it is for keys that stay, not for messages.
/// </summary>
public sealed unsafe class SodiumMemory : SafeHandle
{
    private SodiumMemory(void* pointer, int length) : base(0, ownsHandle: true)
    {
        SetHandle((nint)pointer);
        Length = length;
    }

    /// <summary>Length in bytes.</summary>
    public int Length { get; }

    public override bool IsInvalid => handle == 0;

    /// <summary>Allocates, lets <paramref name="fill"/> write the bytes, then makes them read-only for the rest of their life.</summary>
    /// <exception cref="InsufficientMemoryException">The system gives no more guarded memory.</exception>
    public static SodiumMemory Create<TState>(int length, TState state, System.Buffers.SpanAction<byte, TState> fill)
        where TState : allows ref struct
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        SodiumLibrary.EnsureReady();
        void* pointer = LibSodium.sodium_malloc((nuint)length);
        if (pointer == null)
        {
            throw new InsufficientMemoryException("libsodium could not allocate guarded memory for a key; check the limit on locked memory (ulimit -l).");
        }

        var memory = new SodiumMemory(pointer, length);
        try
        {
            fill(new Span<byte>(pointer, length), state);
        }
        catch
        {
            memory.Dispose();
            throw;
        }

        // Where the platform has no page protection this fails, and the bytes merely stay writable.
        _ = LibSodium.sodium_mprotect_readonly(pointer);
        return memory;
    }

    /// <summary>Keeps the memory alive for the life of the returned lease.</summary>
    /// <exception cref="ObjectDisposedException">The memory was freed.</exception>
    public Lease Borrow() => new(this);

    /// <summary>A read of guarded memory during which it cannot be freed.</summary>
    public readonly ref struct Lease
    {
        private readonly SodiumMemory _owner;

        internal Lease(SodiumMemory owner)
        {
            bool added = false;
            owner.DangerousAddRef(ref added);
            _owner = owner;
        }

        public byte* Pointer => (byte*)_owner.handle;

        public ReadOnlySpan<byte> Bytes => new(Pointer, _owner.Length);

        public void Dispose() => _owner.DangerousRelease();
    }

    protected override bool ReleaseHandle()
    {
        LibSodium.sodium_free((void*)handle);
        return true;
    }
}
