using System.Security.Cryptography;
using Aeamc.P2P.Cryptography;

namespace Aeamc.P2P.Libp2p.Ping;

/// <summary>Ping (libp2p specs, ping/ping.md): 32 bytes come back as they went, again and again until the peer half-closes.</summary>
internal static class PingService
{
    private const int Size = 32;

    /// <summary>Serves a peer's pings.</summary>
    public static async Task ServeAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        var payload = new byte[Size];
        while (await stream.ReadExactlyAsync(payload, cancellationToken).ConfigureAwait(false))
        {
            await stream.WriteAsync(payload, cancellationToken).ConfigureAwait(false);
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
