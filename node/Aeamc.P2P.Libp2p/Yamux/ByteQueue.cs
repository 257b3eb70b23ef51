using System.Buffers;
using System.Numerics;

namespace Aeamc.P2P.Libp2p.Yamux;

/// <summary>
/// Bytes first in, first out, in pooled segments that are given back as soon as they are read: what waits is never copied to make room for more, and an
/// empty queue holds none. A segment is no larger than what waited when it was taken, so few bytes pin little memory. Not safe for concurrent use.
/// </summary>
internal sealed class ByteQueue
{
    private const int SmallestSegment = 4 << 10;

    // Below the size from which arrays live in the large object heap.
    private const int LargestSegment = 64 << 10;

    private readonly Queue<byte[]> _segments = new();
    private byte[] _last = [];
    private int _start;
    private int _end;

    /// <summary>Bytes held.</summary>
    public int Count { get; private set; }

    public void Write(ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            if (_end == _last.Length)
            {
                _last = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(BitOperations.RoundUpToPowerOf2((uint)Count), SmallestSegment, LargestSegment));
                _segments.Enqueue(_last);
                _end = 0;
            }

            int count = Math.Min(source.Length, _last.Length - _end);
            source[..count].CopyTo(_last.AsSpan(_end));
            source = source[count..];
            _end += count;
            Count += count;
        }
    }

    /// <summary>Takes out as many bytes as are there and fit; gives their number.</summary>
    public int Read(Span<byte> destination)
    {
        int filled = 0;
        while (filled < destination.Length && Count > 0)
        {
            byte[] first = _segments.Peek();
            int there = (first == _last ? _end : first.Length) - _start;
            int count = Math.Min(there, destination.Length - filled);
            first.AsSpan(_start, count).CopyTo(destination[filled..]);
            filled += count;
            _start += count;
            Count -= count;
            if (count == there)
            {
                ReturnFirst();
            }
        }

        return filled;
    }

    /// <summary>Drops everything; gives how many bytes it was.</summary>
    public int Clear()
    {
        int dropped = Count;
        Count = 0;
        while (_segments.Count > 0)
        {
            ReturnFirst();
        }

        return dropped;
    }

    private void ReturnFirst()
    {
        byte[] first = _segments.Dequeue();
        if (first == _last)
        {
            _last = [];
            _end = 0;
        }

        _start = 0;
        ArrayPool<byte>.Shared.Return(first);
    }
}
