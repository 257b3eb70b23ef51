namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>A message that the application judges, and who has sent it meanwhile.</summary>
internal sealed class PendingValidation(PubsubMessage message, RouterPeer source)
{
    public PubsubMessage Message { get; } = message;

    /// <summary>Who sent it, the first first; each once.</summary>
    public List<RouterPeer> Senders { get; } = [source];
}

/// <summary>A message accepted a moment ago: mesh peers that send it until <paramref name="Until"/> are near-first (P3).</summary>
internal readonly record struct NearFirst(TimeSpan Until, List<RouterPeer> Credited);
