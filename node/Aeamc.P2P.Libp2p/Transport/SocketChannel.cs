using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Aeamc.P2P.Libp2p.Transport;

/// <summary>
/// A TCP connection with a receive buffer, so that the layers above may look at bytes in place: Noise decrypts straight out of it.
/// It waits with a small buffer and borrows a large one while more is there, so an idle connection holds little memory.
/// </summary>
internal sealed class SocketChannel : ConnectionChannel
{
    private const int SmallSize = 2048;

    // Almost two whole Noise frames: one can be parsed while the kernel fills the next.
    private const int LargeSize = 128 << 10;

    private readonly Socket _socket;
    private byte[] _small = [];
    private byte[] _buffer = [];
    private int _start;
    private int _end;

    public SocketChannel(Socket socket)
    {
        _socket = socket;
        _socket.NoDelay = true;
    }

    /// <summary>Received bytes not yet consumed.</summary>
    public ReadOnlySpan<byte> Buffered => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Memory held for receiving.</summary>
    public int HeldBytes => _buffer == _small ? _small.Length : _small.Length + _buffer.Length;

    /// <summary>Forgets the first <paramref name="count"/> of <see cref="Buffered"/>.</summary>
    public void Consume(int count) => _start += count;

    /// <summary>Receives until <see cref="Buffered"/> holds at least <paramref name="count"/> bytes; false when the peer closed before.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> FillAsync(int count, CancellationToken cancellationToken)
    {
        while (_end - _start < count)
        {
            if (await ReceiveAsync(cancellationToken).ConfigureAwait(false) == 0)
            {
                return false;
            }
        }

        return true;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        if (_start == _end && await ReceiveAsync(cancellationToken).ConfigureAwait(false) == 0)
        {
            return 0;
        }

        int count = Math.Min(destination.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(destination.Span);
        _start += count;
        return count;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        try
        {
            while (!source.IsEmpty)
            {
                int sent = await _socket.SendAsync(source, SocketFlags.None, cancellationToken).ConfigureAwait(false);
                source = source[sent..];
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new ChannelClosedException(ChannelCloseReason.ConnectionLost, e);
        }
    }

    public override void Shutdown()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is shut down already.
        }
    }

    public override void Dispose() => _socket.Dispose();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            BecomeSmall();
        }
        else if (_end == _buffer.Length)
        {
            MakeRoom();
        }

        try
        {
            int received = await _socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, cancellationToken).ConfigureAwait(false);
            _end += received;
            return received;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new ChannelClosedException(ChannelCloseReason.ConnectionLost, e);
        }
    }

    private void BecomeSmall()
    {
        _start = _end = 0;
        if (_buffer == _small && _small.Length > 0)
        {
            return;
        }

        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
        else
        {
            // A stranger who connects and says nothing costs nothing until the first byte is awaited.
            _small = GC.AllocateUninitializedArray<byte>(SmallSize);
        }

        _buffer = _small;
    }

    private void MakeRoom()
    {
        byte[] to = _buffer == _small ? ArrayPool<byte>.Shared.Rent(LargeSize) : _buffer;
        Buffer.BlockCopy(_buffer, _start, to, 0, _end - _start);
        _buffer = to;
        _end -= _start;
        _start = 0;
    }
}
