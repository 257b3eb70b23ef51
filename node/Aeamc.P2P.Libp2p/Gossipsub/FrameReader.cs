using System.Buffers;
using System.Runtime.CompilerServices;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// Reads length-prefixed frames through one pooled buffer: many small frames for one read, none copied. The buffer grows
/// with the bytes that came, not with the length that was claimed.
/// </summary>
/// <param name="stream">What is read.</param>
/// <param name="maxFrameBytes">The longest frame.</param>
/// <param name="patience">How long a frame may take from its first bytes to its last: what came of it is held meanwhile. Null for any time.</param>
/// <param name="time">The clock of <paramref name="patience"/>.</param>
internal sealed class FrameReader(ByteChannel stream, int maxFrameBytes, TimeSpan? patience = null, TimeProvider? time = null) : IDisposable
{
    private const int InitialBytes = 64 << 10;

    private readonly CancellationTokenSource _late = new(Timeout.InfiniteTimeSpan, time ?? TimeProvider.System);
    private bool _partial;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _start;
    private int _end;

    /// <summary>The frame that was read, without its prefix; valid until the next read.</summary>
    public ReadOnlyMemory<byte> Frame { get; private set; }

    /// <summary>Cancelled when a frame takes too long. The caller ends its read with it.</summary>
    public CancellationToken Late => _late.Token;

    /// <summary>Reads the next frame; false at the end of the stream.</summary>
    /// <exception cref="ChannelClosedException">The stream failed, ended inside a frame, or a frame is too long.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (!TryTake())
        {
            MakeRoom();
            SetPartial(_end > 0);
            int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return _start == _end ? false : throw new ChannelClosedException(ChannelCloseReason.EndedInsideMessage);
            }

            _end += read;
        }

        SetPartial(false);
        return true;
    }

    /// <summary>
    /// Takes the next frame too if all of it is here already: then the frames before it, since the last read, stay valid beside it. False for a frame that is
    /// not whole, or may not be: the next read says which.
    /// </summary>
    public bool TryReadBuffered() =>
        UVarint.Read(_buffer.AsSpan(_start.._end), out ulong length, out int prefix) == UVarintStatus.Done
        && length <= (ulong)maxFrameBytes
        && TryTake((int)length, prefix);

    public void Dispose()
    {
        _late.Dispose();
        byte[] buffer = _buffer;
        _buffer = [];
        Frame = default;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void SetPartial(bool partial)
    {
        if (partial != _partial)
        {
            _partial = partial;
            _late.CancelAfter(partial ? patience ?? Timeout.InfiniteTimeSpan : Timeout.InfiniteTimeSpan);
        }
    }

    private bool TryTake()
    {
        UVarintStatus status = UVarint.Read(_buffer.AsSpan(_start.._end), out ulong length, out int prefix);
        if (status == UVarintStatus.Invalid || (status == UVarintStatus.Done && length > (ulong)maxFrameBytes))
        {
            throw new ChannelClosedException(ChannelCloseReason.MessageTooLong);
        }

        return status == UVarintStatus.Done && TryTake((int)length, prefix);
    }

    private bool TryTake(int length, int prefix)
    {
        if (length > _end - _start - prefix)
        {
            return false;
        }

        Frame = _buffer.AsMemory(_start + prefix, length);
        _start += prefix + length;
        return true;
    }

    private void MakeRoom()
    {
        int held = _end - _start;
        if (held == _buffer.Length)
        {
            Replace(held * 2, held);
        }
        else if (held == 0 && _buffer.Length > InitialBytes * 2)
        {
            Replace(InitialBytes, held);
        }
        else if (_start > 0)
        {
            _buffer.AsSpan(_start, held).CopyTo(_buffer);
        }

        _start = 0;
        _end = held;
    }

    private void Replace(int size, int held)
    {
        byte[] other = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(_start, held).CopyTo(other);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = other;
    }
}
