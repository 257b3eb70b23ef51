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

/// <summary>The kinds of <see cref="RouterOutput"/>.</summary>
public enum RouterOutputKind
{
    /// <summary>Send control entries or subscriptions, <see cref="RouterOutput.Rpc"/>, to a peer. One RPC may go to several peers in a row.</summary>
    SendRpc,

    /// <summary>Send a message, whose frame is ready, to a peer.</summary>
    SendMessage,

    /// <summary>The peer has the message by now: a copy that still waits for it need not be sent (v1.2).</summary>
    CancelMessage,

    /// <summary>Ask the application about a message from a peer; the verdict comes back as <see cref="RouterInput.Validated"/>.</summary>
    Validate,

    /// <summary>Hand an accepted message to the subscriber.</summary>
    Deliver,

    /// <summary>Connect to a direct peer that is absent.</summary>
    ConnectDirect,

    /// <summary>Connect to peers named in a PRUNE by a peer of good standing; the records are still to be verified.</summary>
    ConnectExchanged,
}

/// <summary>
/// One thing that a <see cref="GossipsubRouter"/> wants done. Its RPC and message are lent until the next step; a value, so that
/// the messages of a busy topic cost no allocation each.
/// </summary>
public readonly record struct RouterOutput
{
    private readonly object? _content;

    private RouterOutput(RouterOutputKind kind, PeerId peer, object? content, SendPriority priority = SendPriority.Control)
    {
        Kind = kind;
        Peer = peer;
        _content = content;
        Priority = priority;
    }

    public RouterOutputKind Kind { get; }

    /// <summary>To whom, from whom, or with whom; nobody for <see cref="RouterOutputKind.Deliver"/>.</summary>
    public PeerId Peer { get; }

    /// <summary>Of what is sent.</summary>
    public SendPriority Priority { get; }

    /// <exception cref="InvalidCastException">It carries none.</exception>
    public Rpc Rpc => (Rpc)_content!;

    /// <exception cref="InvalidCastException">It carries none.</exception>
    public PubsubMessage Message => (PubsubMessage)_content!;

    /// <exception cref="InvalidCastException">It carries none.</exception>
    public IReadOnlyList<PeerExchangeInfo> Exchanged => (IReadOnlyList<PeerExchangeInfo>)_content!;

    /// <summary>What and with whom: printing every property would ask for what it does not carry.</summary>
    public override string ToString() => $"{Kind} {Peer}";

    public static RouterOutput SendRpc(PeerId peer, Rpc rpc, SendPriority priority) => new(RouterOutputKind.SendRpc, peer, rpc, priority);

    public static RouterOutput SendMessage(PeerId peer, PubsubMessage message, SendPriority priority) => new(RouterOutputKind.SendMessage, peer, message, priority);

    public static RouterOutput CancelMessage(PeerId peer, PubsubMessage message) => new(RouterOutputKind.CancelMessage, peer, message);

    public static RouterOutput Validate(PeerId source, PubsubMessage message) => new(RouterOutputKind.Validate, source, message);

    public static RouterOutput Deliver(PubsubMessage message) => new(RouterOutputKind.Deliver, default, message);

    public static RouterOutput ConnectDirect(PeerId peer) => new(RouterOutputKind.ConnectDirect, peer, null);

    public static RouterOutput ConnectExchanged(PeerId source, IReadOnlyList<PeerExchangeInfo> peers) => new(RouterOutputKind.ConnectExchanged, source, peers);
}
