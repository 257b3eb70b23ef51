using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// A length-prefixed RPC in pooled memory, held by several at once: the message cache, the queues of peers, a validator. Who
/// wants it longer than it was lent retains it; the last to release gives the memory back. Safe for concurrent use.
/// </summary>
internal sealed class SharedFrame(FramePool pool, byte[] buffer, int sizeClass)
{
    private int _holders;

    /// <summary>The whole buffer; the frame is its first <see cref="Length"/> bytes.</summary>
    public byte[] Buffer { get; } = buffer;

    public int SizeClass { get; } = sizeClass;

    public int Length { get; private set; }

    /// <summary>The message that the frame carries; null for control frames.</summary>
    public PubsubMessage? Message { get; set; }

    public ReadOnlyMemory<byte> Memory => Buffer.AsMemory(0, Length);

    public Span<byte> Span => Buffer.AsSpan(0, Length);

    /// <summary>Starts a new life with one holder.</summary>
    public SharedFrame Open(int length)
    {
        Invariant.Check(_holders == 0 && length <= Buffer.Length);
        Length = length;
        _holders = 1;
        return this;
    }

    public void Retain() => Invariant.Check(Interlocked.Increment(ref _holders) > 1);

    public void Release()
    {
        int left = Interlocked.Decrement(ref _holders);
        Invariant.Check(left >= 0);
        if (left == 0)
        {
            // Whoever kept the message beyond its time is told so, instead of reading another message's bytes.
            Message?.Detach();
            Message = null;
            pool.Return(this);
        }
    }
}
