using System.Net.Sockets;

namespace Aeamc.P2P.Libp2p.Transport;

/// <summary>
/// A TCP connection with a receive buffer, so that the layers above may look at bytes in place: Noise decrypts straight out of it.
/// </summary>
internal sealed class SocketChannel : ConnectionChannel
{
    // Two whole Noise frames: one can be parsed while the kernel fills the next.
    private const int BufferSize = 2 * (2 + ushort.MaxValue);

    private readonly Socket _socket;
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

    /// <summary>Forgets the first <paramref name="count"/> of <see cref="Buffered"/>.</summary>
    public void Consume(int count) => _start += count;

    /// <summary>Receives until <see cref="Buffered"/> holds at least <paramref name="count"/> bytes; false when the peer closed before.</summary>
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

    private async ValueTask<int> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }

        if (_buffer.Length == 0)
        {
            // A handshake needs little; a stranger who connects and says nothing costs nothing until the first byte is awaited.
            _buffer = GC.AllocateUninitializedArray<byte>(2048);
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

    private void MakeRoom()
    {
        byte[] to = _buffer;
        if (_start < _buffer.Length / 2 && _buffer.Length < BufferSize)
        {
            // The buffer was too small for what comes: grow in one step to the working size.
            to = GC.AllocateUninitializedArray<byte>(BufferSize);
        }

        Buffer.BlockCopy(_buffer, _start, to, 0, _end - _start);
        _buffer = to;
        _end -= _start;
        _start = 0;
    }
}
