using System.Buffers;
using System.Runtime.CompilerServices;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// Reads length-prefixed frames through one pooled buffer: many small frames for one read, none copied. The buffer grows
/// with the bytes that came, not with the length that was claimed.
/// </summary>
internal sealed class FrameReader(ByteChannel stream, int maxFrameBytes) : IDisposable
{
    private const int InitialBytes = 64 << 10;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _start;
    private int _end;

    /// <summary>The frame that was read, without its prefix; valid until the next read.</summary>
    public ReadOnlyMemory<byte> Frame { get; private set; }

    /// <summary>Reads the next frame; false at the end of the stream.</summary>
    /// <exception cref="ChannelClosedException">The stream failed, ended inside a frame, or a frame is too long.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (!TryTake())
        {
            MakeRoom();
            int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return _start == _end ? false : throw new ChannelClosedException(ChannelCloseReason.EndedInsideMessage);
            }

            _end += read;
        }

        return true;
    }

    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        Frame = default;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool TryTake()
    {
        UVarintStatus status = UVarint.Read(_buffer.AsSpan(_start.._end), out ulong length, out int prefix);
        if (status == UVarintStatus.Invalid || (status == UVarintStatus.Done && length > (ulong)maxFrameBytes))
        {
            throw new ChannelClosedException(ChannelCloseReason.MessageTooLong);
        }

        if (status == UVarintStatus.Incomplete || (int)length > _end - _start - prefix)
        {
            return false;
        }

        Frame = _buffer.AsMemory(_start + prefix, (int)length);
        _start += prefix + (int)length;
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
