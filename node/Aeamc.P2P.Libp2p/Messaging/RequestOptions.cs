namespace Aeamc.P2P.Libp2p.Messaging;

/// <summary>The limits of a request/response protocol, in both directions.</summary>
/// <param name="MaxRequestBytes">The longest request.</param>
/// <param name="MaxResponseBytes">The longest response.</param>
/// <param name="Timeout">From sending the request to the last byte of the response.</param>
/// <param name="MaxConcurrentPerPeer">Requests of one peer served at once; more are refused.</param>
public sealed record RequestOptions(int MaxRequestBytes, int MaxResponseBytes, TimeSpan Timeout, int MaxConcurrentPerPeer)
{
    /// <summary>Requests of one peer per second that are served, sustained; more are refused.</summary>
    public double MaxPerSecond { get; init; } = 2000;

    /// <summary>Requests of one peer at once, before <see cref="MaxPerSecond"/> counts.</summary>
    public int Burst { get; init; } = 4000;

    /// <summary>1 MiB each way, 10 s, 16 at once, 2,000 a second.</summary>
    public static RequestOptions Default { get; } = new(1 << 20, 1 << 20, TimeSpan.FromSeconds(10), 16);
}
