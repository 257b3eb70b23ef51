using System.Numerics;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// Memory for frames, four size classes to a power of two. A message cache gives back a heartbeat's messages at once, which is
/// more than the shared array pool keeps; this one keeps up to a bound in bytes, and lets go at each <see cref="Trim"/> what
/// was not needed since the one before. Safe for concurrent use.
/// </summary>
internal sealed class FramePool(int maxBytes)
{
    private const int SmallestFrame = 64;
    private const int LargestPooled = 4 << 20;

    private readonly Lock _gate = new();
    private readonly Stack<SharedFrame>[] _free = [.. Enumerable.Range(0, ClassOf(LargestPooled) + 1).Select(static _ => new Stack<SharedFrame>())];
    private long _bytes;
    private long _leastBytes;

    public static FramePool Shared { get; } = new(maxBytes: 32 << 20);

    /// <summary>Bytes kept for reuse.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    /// <summary>A frame of exactly this length with one holder; its bytes are not cleared.</summary>
    public SharedFrame Rent(int length)
    {
        if (length > LargestPooled)
        {
            return new SharedFrame(this, new byte[length], sizeClass: -1).Open(length);
        }

        int sizeClass = ClassOf(Math.Max(length, SmallestFrame));
        lock (_gate)
        {
            if (_free[sizeClass].TryPop(out SharedFrame? frame))
            {
                _bytes -= frame.Buffer.Length;
                _leastBytes = Math.Min(_leastBytes, _bytes);
                return frame.Open(length);
            }
        }

        return new SharedFrame(this, new byte[SizeOf(sizeClass)], sizeClass).Open(length);
    }

    public void Return(SharedFrame frame)
    {
        if (frame.SizeClass < 0)
        {
            return;
        }

        lock (_gate)
        {
            if (_bytes + frame.Buffer.Length <= maxBytes)
            {
                _bytes += frame.Buffer.Length;
                _free[frame.SizeClass].Push(frame);
            }
        }
    }

    /// <summary>Lets go half of what lay unused since the last call: once a heartbeat.</summary>
    public void Trim()
    {
        lock (_gate)
        {
            long surplus = _leastBytes / 2;
            for (int sizeClass = _free.Length - 1; sizeClass >= 0 && surplus > 0; sizeClass--)
            {
                while (surplus > 0 && _free[sizeClass].TryPop(out SharedFrame? frame))
                {
                    _bytes -= frame.Buffer.Length;
                    surplus -= frame.Buffer.Length;
                }
            }

            _leastBytes = _bytes;
        }
    }

    // Sizes 5, 6, 7 and 8 times a power of two.
    private static int ClassOf(int length)
    {
        int shift = Shift(length);
        return (shift * 4) + ((length - 1) >> shift) - 4;
    }

    private static int Shift(int length) => BitOperations.Log2((uint)(length - 1)) - 2;

    private static int SizeOf(int sizeClass) => ((sizeClass & 3) + 5) << (sizeClass >> 2);
}
