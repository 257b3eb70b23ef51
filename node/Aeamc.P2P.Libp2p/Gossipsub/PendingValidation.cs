using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// A message that the application judges, or has accepted a moment ago, and who has sent it meanwhile. Instances are reused.
/// </summary>
internal sealed class PendingValidation
{
    private PubsubMessage? _message;

    public PubsubMessage Message => _message ?? throw Invariant.Fail("nothing is under validation");

    /// <summary>Who sent it, the first first; each once.</summary>
    public List<RouterPeer> Senders { get; } = [];

    /// <summary>Once accepted: until when mesh peers that send it are near-first (P3).</summary>
    public TimeSpan NearFirstUntil { get; set; }

    public void Begin(PubsubMessage message, RouterPeer source)
    {
        _message = message;
        Senders.Add(source);
    }

    /// <summary>Forgets the message; the senders stay for P3.</summary>
    public void DropMessage() => _message = null;

    public void Clear()
    {
        _message = null;
        Senders.Clear();
    }
}
