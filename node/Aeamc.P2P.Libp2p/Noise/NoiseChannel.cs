using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Aeamc.P2P.Libp2p.Transport;

namespace Aeamc.P2P.Libp2p.Noise;

/// <summary>
/// The encrypted byte stream after a handshake: frames of a big-endian 2-byte length, ciphertext and tag (libp2p specs, noise/README.md).
/// Frame borders mean nothing to the layers above. One reader and one writer at a time.
/// </summary>
internal sealed class NoiseChannel : ConnectionChannel
{
    private const int LengthSize = 2;
    private const int MaxFrame = ushort.MaxValue;
    private const int MaxPlaintext = MaxFrame - CipherState.TagSize;

    private readonly SocketChannel _socket;
    private readonly CipherState _send;
    private readonly CipherState _receive;
    private byte[] _left = [];
    private int _leftStart;
    private int _leftEnd;

    public NoiseChannel(SocketChannel socket, CipherState send, CipherState receive)
    {
        _socket = socket;
        _send = send;
        _receive = receive;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        if (_leftStart < _leftEnd)
        {
            return TakeLeft(destination.Span);
        }

        while (true)
        {
            if (!await _socket.FillAsync(LengthSize, cancellationToken).ConfigureAwait(false))
            {
                return _socket.Buffered.IsEmpty ? 0 : throw new ChannelClosedException(ChannelCloseReason.EndedInsideMessage);
            }

            int frame = BinaryPrimitives.ReadUInt16BigEndian(_socket.Buffered);
            if (!await _socket.FillAsync(LengthSize + frame, cancellationToken).ConfigureAwait(false))
            {
                throw new ChannelClosedException(ChannelCloseReason.EndedInsideMessage);
            }

            int read = DecryptBuffered(destination.Span);
            // A frame may be empty; that is not the end of the stream.
            if (read > 0)
            {
                return read;
            }
        }
    }

    // What ends inside a frame is left for the read to complain about.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<bool> WaitForDataAsync() =>
        _leftStart < _leftEnd || await _socket.FillAsync(LengthSize, CancellationToken.None).ConfigureAwait(false) || !_socket.Buffered.IsEmpty;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (source.IsEmpty)
        {
            return;
        }

        int frames = (source.Length + MaxPlaintext - 1) / MaxPlaintext;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(source.Length + (frames * (LengthSize + CipherState.TagSize)));
        try
        {
            int length = Encrypt(source.Span, buffer);
            await _socket.WriteAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public override void Shutdown() => _socket.Shutdown();

    public override void Dispose() => _socket.Dispose();

    private int Encrypt(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int at = 0;
        while (!source.IsEmpty)
        {
            int plain = Math.Min(source.Length, MaxPlaintext);
            BinaryPrimitives.WriteUInt16BigEndian(destination[at..], (ushort)(plain + CipherState.TagSize));
            _send.Encrypt([], source[..plain], destination.Slice(at + LengthSize, plain + CipherState.TagSize));
            at += LengthSize + plain + CipherState.TagSize;
            source = source[plain..];
        }

        return at;
    }

    // Decrypts as many whole frames as are there and fit; the first one also when it does not fit.
    private int DecryptBuffered(Span<byte> destination)
    {
        int filled = 0;
        while (true)
        {
            ReadOnlySpan<byte> buffered = _socket.Buffered;
            if (buffered.Length < LengthSize)
            {
                return filled;
            }

            int frame = BinaryPrimitives.ReadUInt16BigEndian(buffered);
            if (buffered.Length < LengthSize + frame)
            {
                return filled;
            }

            int plain = frame - CipherState.TagSize;
            ReadOnlySpan<byte> ciphertext = buffered.Slice(LengthSize, frame);
            if (plain <= destination.Length - filled)
            {
                Open(ciphertext, destination[filled..]);
                filled += plain;
            }
            else if (filled > 0)
            {
                return filled;
            }
            else
            {
                if (_left.Length < plain)
                {
                    _left = GC.AllocateUninitializedArray<byte>(plain < 2048 ? 2048 : MaxPlaintext);
                }

                Open(ciphertext, _left);
                _leftStart = 0;
                _leftEnd = plain;
                _socket.Consume(LengthSize + frame);
                return TakeLeft(destination);
            }

            _socket.Consume(LengthSize + frame);
        }
    }

    private void Open(ReadOnlySpan<byte> ciphertext, Span<byte> destination)
    {
        if (!_receive.TryDecrypt([], ciphertext, destination))
        {
            throw new NoiseException("noise-bad-frame");
        }
    }

    private int TakeLeft(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, _leftEnd - _leftStart);
        _left.AsSpan(_leftStart, count).CopyTo(destination);
        _leftStart += count;
        return count;
    }
}
