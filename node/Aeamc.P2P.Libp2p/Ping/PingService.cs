using System.Security.Cryptography;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Ping;

/// <summary>
/// Ping (libp2p specs, ping/ping.md): 32 bytes come back as they went, again and again until the peer half-closes. A peer has two streams at most,
/// as the specification says: each stream takes turns with all others, so a peer with a hundred of them would have a hundred turns.
/// </summary>
/// <param name="refusals">Where refused streams are counted.</param>
/// <param name="onFault">Told of each refused stream: whoever goes on opening them pays for it as for any faulty stream.</param>
internal sealed class PingService(RefusalCounters refusals, Action<PeerId> onFault)
{
    /// <summary>One, and a second that was opened while the first ended (libp2p specs, ping/ping.md).</summary>
    public const int StreamsPerPeer = 2;

    private const int Size = 32;

    private readonly PeerQuota _quota = new(StreamsPerPeer);

    /// <summary>Serves a peer's pings.</summary>
    public async Task ServeAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        if (!_quota.TryTake(stream.RemotePeer))
        {
            refusals.Count("ping-streams-quota");
            stream.Reset();
            onFault(stream.RemotePeer);
            return;
        }

        try
        {
            var payload = new byte[Size];
            while (await stream.ReadExactlyAsync(payload, cancellationToken).ConfigureAwait(false))
            {
                await stream.WriteAsync(payload, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _quota.Return(stream.RemotePeer);
        }
    }

    /// <summary>Measures one round trip.</summary>
    /// <exception cref="ChannelClosedException">The stream failed, or the answer is not the question.</exception>
    public static async Task<TimeSpan> MeasureAsync(PeerStream stream, TimeProvider time, CancellationToken cancellationToken)
    {
        byte[] question = SecureRandom.Bytes(Size);
        var answer = new byte[Size];
        long start = time.GetTimestamp();
        await stream.WriteAsync(question, cancellationToken).ConfigureAwait(false);
        if (!await stream.ReadExactlyAsync(answer, cancellationToken).ConfigureAwait(false)
            || !CryptographicOperations.FixedTimeEquals(question, answer))
        {
            throw new ChannelClosedException(ChannelCloseReason.EndedInsideMessage);
        }

        return time.GetElapsedTime(start);
    }
}
