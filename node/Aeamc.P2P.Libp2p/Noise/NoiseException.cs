namespace Aeamc.P2P.Libp2p.Noise;

/// <summary>The handshake failed: the peer is not who it must be, or does not speak the protocol.</summary>
internal sealed class NoiseException(string reason) : IOException($"the Noise handshake failed: {reason}")
{
    /// <summary>The stable name under which it is counted.</summary>
    public string Reason { get; } = reason;
}
