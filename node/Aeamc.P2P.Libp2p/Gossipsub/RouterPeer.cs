using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>What the router keeps of one connected peer.</summary>
internal sealed class RouterPeer(RouterInput.PeerConnected connected, bool direct, PeerScore score)
{
    private const int DontSendTicks = 3;

    private HashSet<MessageId>? _dontSend;
    private HashSet<MessageId>? _dontSendEarlier;

    public PeerId Id { get; } = connected.Peer;

    public bool Outbound { get; } = connected.Outbound;

    public bool SupportsIDontWant { get; } = connected.SupportsIDontWant;

    /// <summary>Whether there is a peering agreement (v1.1, Explicit Peering Agreements).</summary>
    public bool Direct { get; } = direct;

    public PeerScore Score { get; } = score;

    /// <summary>The topics it subscribed to.</summary>
    public HashSet<string> Topics { get; } = new(StringComparer.Ordinal);

    /// <summary>Its signed record for peer exchange; empty while unknown.</summary>
    public ReadOnlyMemory<byte> SignedPeerRecord { get; set; }

    /// <summary>Control entries gathered during a step.</summary>
    public Rpc? Pending { get; set; }

    /// <summary>IHAVE messages since the last heartbeat.</summary>
    public int IHaves { get; set; }

    /// <summary>Ids asked of it since the last heartbeat.</summary>
    public int IdsAsked { get; set; }

    /// <summary>Ids it asked for since the last heartbeat.</summary>
    public int IdsServed { get; set; }

    /// <summary>IDONTWANT ids since the last heartbeat.</summary>
    public int IDontWants { get; set; }

    public bool Wants(in MessageId id) => !(_dontSend?.Contains(id) ?? false) && !(_dontSendEarlier?.Contains(id) ?? false);

    public void DontSend(in MessageId id) => (_dontSend ??= []).Add(id);

    public void OnHeartbeat(long tick)
    {
        IHaves = 0;
        IdsAsked = 0;
        IdsServed = 0;
        IDontWants = 0;
        if (tick % DontSendTicks == 0)
        {
            // v1.2: old entries are let go; two sets that swap keep each id for three to six heartbeats.
            _dontSendEarlier = _dontSend is { Count: > 0 } ? _dontSend : null;
            _dontSend = null;
        }
    }
}
