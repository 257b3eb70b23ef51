using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>What is dropped first when a peer does not keep up: the highest value.</summary>
public enum SendPriority
{
    /// <summary>Subscriptions, mesh control, requests, own messages.</summary>
    Control,

    /// <summary>Messages of others.</summary>
    Forward,

    /// <summary>Advertisements; they are repeated at the next heartbeat.</summary>
    Gossip,
}

/// <summary>What a <see cref="GossipsubRouter"/> wants done.</summary>
public abstract record RouterOutput
{
    private RouterOutput()
    {
    }

    /// <summary>Send control entries or subscriptions.</summary>
    public sealed record SendRpc(PeerId Peer, Rpc Rpc, SendPriority Priority) : RouterOutput;

    /// <summary>Send a message, whose frame is ready.</summary>
    public sealed record SendMessage(PeerId Peer, PubsubMessage Message, SendPriority Priority) : RouterOutput;

    /// <summary>Ask the application; the verdict comes back as <see cref="RouterInput.Validated"/>.</summary>
    public sealed record Validate(PeerId Source, PubsubMessage Message) : RouterOutput;

    /// <summary>Hand an accepted message to the subscriber.</summary>
    public sealed record Deliver(PubsubMessage Message) : RouterOutput;

    /// <summary>Connect to a direct peer that is absent.</summary>
    public sealed record ConnectDirect(PeerId Peer) : RouterOutput;

    /// <summary>Connect to peers named in a PRUNE by a peer of good standing; the records are still to be verified.</summary>
    public sealed record ConnectExchanged(PeerId Source, IReadOnlyList<PeerExchangeInfo> Peers) : RouterOutput;
}
