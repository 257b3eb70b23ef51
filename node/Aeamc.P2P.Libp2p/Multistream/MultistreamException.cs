namespace Aeamc.P2P.Libp2p.Multistream;

/// <summary>The peer does not speak multistream-select, or not within its limits.</summary>
internal sealed class MultistreamException(string reason) : IOException($"multistream-select failed: {reason}")
{
    /// <summary>The stable name under which it is counted.</summary>
    public string Reason { get; } = reason;
}
