using System.Net;
using System.Net.Sockets;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Multistream;
using Aeamc.P2P.Libp2p.Noise;
using Aeamc.P2P.Libp2p.Tests.Gossipsub.Protobuf;
using Aeamc.P2P.Libp2p.Transport;
using Aeamc.P2P.Libp2p.Yamux;
using Google.Protobuf;

namespace Aeamc.P2P.Fuzz.Siege;

/// <summary>
/// A peer with a true handshake and nothing after it but what an attack writes: every Yamux frame is its own. A background task reads what the
/// node sends, answers probes and the node's own streams as an honest peer would, and notes the message ids that the node advertises.
/// </summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly NoiseChannel _channel;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly HashSet<uint> _answered = [];
    private readonly Dictionary<uint, MemoryStream> _gossip = [];
    private readonly List<ByteString> _advertised = [];
    private readonly Task _reading;
    private uint _nextStream = 1;

    private RawPeer(Socket socket, NoiseChannel channel, bool reads)
    {
        _socket = socket;
        _channel = channel;
        _reading = reads ? ReadAsync() : new TaskCompletionSource().Task;
    }

    /// <summary>Ends when the node closed the connection; never for a peer that does not read.</summary>
    public Task Closed => _reading;

    /// <summary>Message ids that the node advertised by IHAVE.</summary>
    public IReadOnlyList<ByteString> Advertised
    {
        get
        {
            lock (_gossip)
            {
                return [.. _advertised];
            }
        }
    }

    /// <summary>Dials and shakes hands.</summary>
    /// <exception cref="IOException">The node refused.</exception>
    public static async Task<RawPeer> ConnectAsync(
        Multiaddress target, IPAddress from, Ed25519PrivateKey key, CancellationToken cancellationToken, bool reads = true)
    {
        Socket socket = await DialAsync(target, from, reads ? null : 4096, cancellationToken);
        try
        {
            (NoiseChannel channel, _) = await new ConnectionUpgrader(key, inlineMuxer: true).UpgradeAsync(socket, true, target.Peer, cancellationToken);
            return new RawPeer(socket, channel, reads);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Dials without any handshake.</summary>
    /// <exception cref="IOException">Nobody answers.</exception>
    public static async Task<Socket> DialAsync(Multiaddress target, IPAddress from, int? receiveBuffer, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (receiveBuffer is { } bytes)
            {
                socket.ReceiveBufferSize = bytes;
            }

            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(target.ToIpEndPoint()!, cancellationToken);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Writes one frame as it is.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    public Task SendAsync(YamuxHeader header, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var frame = new byte[YamuxHeader.Size + payload.Length];
        header.Write(frame);
        payload.CopyTo(frame.AsMemory(YamuxHeader.Size));
        return SendRawAsync(frame, cancellationToken);
    }

    /// <summary>Writes bytes in Noise frames.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await _channel.WriteAsync(bytes, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Writes bytes that are no Noise frame.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    public async Task SendForgedAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _socket.SendAsync(bytes, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Opens a stream without saying what for.</summary>
    public async Task<uint> OpenSilentAsync(CancellationToken cancellationToken)
    {
        uint id = _nextStream;
        _nextStream += 2;
        await SendAsync(new YamuxHeader(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, id, 0), default, cancellationToken);
        return id;
    }

    /// <summary>Opens a stream and proposes a protocol; what follows may be sent at once.</summary>
    public async Task<uint> OpenAsync(string protocol, CancellationToken cancellationToken)
    {
        uint id = await OpenSilentAsync(cancellationToken);
        await SendDataAsync(id, MultistreamSelect.Optimistic(protocol), cancellationToken);
        return id;
    }

    public Task SendDataAsync(uint stream, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        SendAsync(new YamuxHeader(YamuxFrameType.Data, YamuxFlags.None, stream, (uint)data.Length), data, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ReadAsync()
    {
        var header = new byte[YamuxHeader.Size];
        try
        {
            while (await _channel.ReadExactlyAsync(header) && YamuxHeader.TryRead(header, out YamuxHeader frame))
            {
                byte[] payload = frame.Type == YamuxFrameType.Data ? new byte[frame.Length] : [];
                if (payload.Length > 0 && !await _channel.ReadExactlyAsync(payload))
                {
                    return;
                }

                await HandleAsync(frame, payload);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or NoiseException)
        {
            // Closed by either side.
        }
    }

    private async Task HandleAsync(YamuxHeader frame, byte[] payload)
    {
        if (frame.Type == YamuxFrameType.Ping && frame.Flags.HasFlag(YamuxFlags.Syn))
        {
            await SendAsync(frame with { Flags = YamuxFlags.Ack }, default, default);
            return;
        }

        if (frame.Type != YamuxFrameType.Data || payload.Length == 0)
        {
            return;
        }

        await SendAsync(new YamuxHeader(YamuxFrameType.WindowUpdate, YamuxFlags.None, frame.StreamId, (uint)payload.Length), default, default);
        if (frame.StreamId % 2 == 0 && _answered.Add(frame.StreamId))
        {
            // The node proposes a protocol on a stream of its own: the answer is the proposal.
            await SendAsync(new YamuxHeader(YamuxFrameType.Data, YamuxFlags.Ack, frame.StreamId, (uint)payload.Length), payload, default);
            _gossip[frame.StreamId] = new MemoryStream();
        }
        else if (_gossip.TryGetValue(frame.StreamId, out MemoryStream? bytes))
        {
            bytes.Write(payload);
            Note(bytes);
        }
    }

    // Whole frames are read off; a stream of another protocol never makes one of sense and is cut.
    private void Note(MemoryStream bytes)
    {
        ReadOnlyMemory<byte> rest = bytes.ToArray();
        while (UVarint.Read(rest.Span, out ulong length, out int prefix) == UVarintStatus.Done && length <= (ulong)(rest.Length - prefix))
        {
            Note(rest.Span.Slice(prefix, (int)length));
            rest = rest[(prefix + (int)length)..];
        }

        bytes.SetLength(0);
        bytes.Write(rest.Length < 8 << 20 ? rest.Span : default);
    }

    private void Note(ReadOnlySpan<byte> frame)
    {
        try
        {
            var rpc = RPC.Parser.ParseFrom(frame);
            lock (_gossip)
            {
                _advertised.AddRange(rpc.Control?.Ihave.SelectMany(ihave => ihave.MessageIDs) ?? []);
            }
        }
        catch (InvalidProtocolBufferException)
        {
            // Another protocol's bytes.
        }
    }
}
