using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>What the router keeps of one topic: its own, or one that peers subscribed to.</summary>
internal sealed class TopicState(string name, bool countsDeliveries, int backoffCapacity, Func<PeerId, bool> isConnected)
{
    public string Name { get; } = name;

    /// <summary>Whether mesh peers must deliver (P3): then a copy saved would be held against whoever saved it.</summary>
    public bool CountsDeliveries { get; } = countsDeliveries;

    /// <summary>Whether we joined it.</summary>
    public bool Joined { get; set; }

    /// <summary>Connected peers that subscribed.</summary>
    public List<RouterPeer> Members { get; } = [];

    /// <summary>Members we exchange messages with (v1.0, Peering State); empty when not joined.</summary>
    public List<RouterPeer> Mesh { get; } = [];

    /// <summary>Members we publish to without having joined.</summary>
    public List<RouterPeer> Fanout { get; } = [];

    public TimeSpan LastFanoutPublish { get; set; }

    /// <summary>Ids to advertise, gathered and used within a heartbeat.</summary>
    public List<MessageId> Advertised { get; } = [];

    /// <summary>Ids of small messages that the mesh is about to be told of (v1.2).</summary>
    public List<MessageId> Announced { get; } = [];

    public TimeSpan AnnounceAt { get; set; }

    public BackoffTable Backoffs { get; } = new(backoffCapacity, isConnected);

    /// <summary>Nothing refers to it any more.</summary>
    public bool IsIdle => !Joined && Members.Count == 0 && Backoffs.Count == 0;
}
