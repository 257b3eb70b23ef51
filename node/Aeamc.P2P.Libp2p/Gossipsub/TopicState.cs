namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>What the router keeps of one topic: its own, or one that peers subscribed to.</summary>
internal sealed class TopicState(string name, int backoffCapacity)
{
    public string Name { get; } = name;

    /// <summary>Whether we joined it.</summary>
    public bool Joined { get; set; }

    /// <summary>Connected peers that subscribed.</summary>
    public List<RouterPeer> Members { get; } = [];

    /// <summary>Members we exchange messages with (v1.0, Peering State); empty when not joined.</summary>
    public List<RouterPeer> Mesh { get; } = [];

    /// <summary>Members we publish to without having joined.</summary>
    public List<RouterPeer> Fanout { get; } = [];

    public TimeSpan LastFanoutPublish { get; set; }

    public BackoffTable Backoffs { get; } = new(backoffCapacity);

    /// <summary>Nothing refers to it any more.</summary>
    public bool IsIdle => !Joined && Members.Count == 0 && Backoffs.Count == 0;
}
