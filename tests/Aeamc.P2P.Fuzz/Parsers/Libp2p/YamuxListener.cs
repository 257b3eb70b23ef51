using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Yamux;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>The listener's side of a session, with a stream of its own open, that is given frames and answers nobody.</summary>
internal sealed class YamuxListener : IDisposable
{
    private static readonly PeerId Peer = PeerId.FromPublicKey(new byte[32]);

    private readonly YamuxOptions _options;
    private readonly YamuxSession _session;
    private readonly YamuxStream _own;

    public YamuxListener()
    {
        _options = YamuxOptions.From(new Libp2pLimits { MaxInboundStreamsPerConnection = YamuxGrammar.MaxStreams, MaxBufferedBytesPerConnection = 1 << 20 });
        _session = new YamuxSession(new BytesChannel([]), Peer, client: false, _options, TimeProvider.System, new RefusalCounters(), Streams.Add);
        _own = _session.OpenStream();
    }

    /// <summary>The streams that the peer opened and that were taken, in that order.</summary>
    public List<YamuxStream> Streams { get; } = [];

    /// <summary>Received bytes that wait for readers.</summary>
    public long Held => _options.Budget.Held;

    public int StreamCount => _session.StreamCount;

    /// <summary>Takes bytes in pieces, as the network may cut them; the name of the violation that ends it, or null.</summary>
    /// <param name="bytes">The frames.</param>
    /// <param name="length">How long each piece is, by its number from 1 on.</param>
    public string? Take(ReadOnlySpan<byte> bytes, Func<int, int> length)
    {
        var reader = new YamuxFrameReader(_session);
        for (int i = 1; !bytes.IsEmpty; i++)
        {
            ReadOnlySpan<byte> piece = bytes[..Math.Min(bytes.Length, length(i))];
            bytes = bytes[piece.Length..];
            if (reader.Process(piece) is { } violation)
            {
                return violation;
            }
        }

        return null;
    }

    public void Dispose()
    {
        _own.Reset();
        _session.Abort();
        Streams.ForEach(static stream => stream.Reset());
    }
}
