using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>What the router keeps of one connected peer.</summary>
internal sealed class RouterPeer(RouterInput.PeerConnected connected, bool direct, PeerScore score, int maxDontSend)
{
    private const int DontSendTicks = 3;
    private const int RedundancyLimit = 16;

    private HashSet<MessageId> _dontSend = [];
    private HashSet<MessageId> _dontSendEarlier = [];
    private int _redundancy;

    public PeerId Id { get; } = connected.Peer;

    public bool Outbound { get; } = connected.Outbound;

    public GossipsubVersion Version { get; } = connected.Version;

    public bool SupportsIDontWant => Version >= GossipsubVersion.V12;

    /// <summary>Whether there is a peering agreement (v1.1, Explicit Peering Agreements).</summary>
    public bool Direct { get; } = direct;

    public PeerScore Score { get; } = score;

    /// <summary>The topics it subscribed to.</summary>
    public HashSet<string> Topics { get; } = new(StringComparer.Ordinal);

    /// <summary>Its signed record for peer exchange; empty while unknown.</summary>
    public ReadOnlyMemory<byte> SignedPeerRecord { get; set; }

    /// <summary>Control entries gathered during a step.</summary>
    public Rpc? Pending { get; set; }

    /// <summary>Whether its first RPC, the only one that may announce extensions (v1.3), has come.</summary>
    public bool Greeted { get; set; }

    /// <summary>Extensions that both sides have; null while it announced none.</summary>
    public List<IPubsubExtension>? Extensions { get; set; }

    /// <summary>IHAVE messages since the last heartbeat.</summary>
    public int IHaves { get; set; }

    /// <summary>Ids asked of it since the last heartbeat.</summary>
    public int IdsAsked { get; set; }

    /// <summary>Ids it asked for since the last heartbeat.</summary>
    public int IdsServed { get; set; }

    /// <summary>IDONTWANT ids since the last heartbeat.</summary>
    public int IDontWants { get; set; }

    /// <summary>PRUNEs with peers heeded since the last heartbeat.</summary>
    public int Exchanges { get; set; }

    /// <summary>Whether lately it had more messages by itself, soon enough to be told, than it needed from us.</summary>
    public bool LikelyHasMessages => _redundancy > RedundancyLimit / 2;

    public bool Wants(in MessageId id) => !_dontSend.Contains(id) && !_dontSendEarlier.Contains(id);

    /// <summary>Remembers an id that it does not want; false when it is known.</summary>
    public bool DontSend(in MessageId id)
    {
        if (!Wants(id))
        {
            return false;
        }

        if (_dontSend.Count >= (maxDontSend + 1) / 2)
        {
            Turn();
        }

        return _dontSend.Add(id);
    }

    /// <summary>A message is to be forwarded to it.</summary>
    public void CountForward() => _redundancy = Math.Max(0, _redundancy - 1);

    /// <summary>It had a message by itself.</summary>
    public void CountHad() => _redundancy = Math.Min(RedundancyLimit, _redundancy + 2);

    public void OnHeartbeat(long tick)
    {
        IHaves = 0;
        IdsAsked = 0;
        IdsServed = 0;
        IDontWants = 0;
        Exchanges = 0;
        if (tick % DontSendTicks == 0)
        {
            Turn();
        }
    }

    // v1.2: old entries are let go; two sets that swap keep each id for three to six heartbeats, unless newer ones push it out.
    private void Turn()
    {
        (_dontSend, _dontSendEarlier) = (_dontSendEarlier, _dontSend);
        if (_dontSend.Count > 0)
        {
            _dontSend.Clear();
        }
    }
}
