using System.Net.Sockets;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Multistream;
using Aeamc.P2P.Libp2p.Noise;

namespace Aeamc.P2P.Libp2p.Transport;

/// <summary>Turns a TCP connection into an encrypted, authenticated one with an agreed muxer (libp2p specs, connections/README.md).</summary>
internal sealed class ConnectionUpgrader
{
    private static readonly string[] Security = [ProtocolIds.Noise];
    private static readonly string[] Muxers = [ProtocolIds.Yamux];
    private readonly NoiseHandshake _noise;

    /// <param name="identity">Our key.</param>
    /// <param name="inlineMuxer">Whether to agree on the muxer inside Noise.</param>
    public ConnectionUpgrader(Ed25519PrivateKey identity, bool inlineMuxer) =>
        _noise = new NoiseHandshake(identity, inlineMuxer ? Muxers : []);

    /// <summary>Runs both negotiations and the handshake. The caller bounds the time and disposes of the socket on failure.</summary>
    /// <exception cref="NoiseException">The peer failed the handshake.</exception>
    /// <exception cref="MultistreamException">The peer failed a negotiation.</exception>
    /// <exception cref="ChannelClosedException">The peer went away.</exception>
    public async Task<(NoiseChannel Channel, PeerId Peer)> UpgradeAsync(Socket socket, bool outbound, PeerId? expected, CancellationToken cancellationToken)
    {
        var raw = new SocketChannel(socket);
        await AgreeAsync(raw, outbound, Security, cancellationToken).ConfigureAwait(false);
        NoiseSession session = await _noise.RunAsync(raw, outbound, expected, cancellationToken).ConfigureAwait(false);
        if (session.Muxer is null)
        {
            await AgreeAsync(session.Channel, outbound, Muxers, cancellationToken).ConfigureAwait(false);
        }

        return (session.Channel, session.RemotePeer);
    }

    private static async ValueTask AgreeAsync(ByteChannel channel, bool outbound, string[] protocols, CancellationToken cancellationToken)
    {
        string? agreed = outbound
            ? await MultistreamSelect.DialAsync(channel, protocols, cancellationToken).ConfigureAwait(false)
            : await MultistreamSelect.ListenAsync(channel, protocols.Contains, cancellationToken).ConfigureAwait(false);
        if (agreed is null)
        {
            throw new MultistreamException("multistream-no-agreement");
        }
    }
}
