using System.Net;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>What happens to a <see cref="GossipsubRouter"/>.</summary>
public abstract record RouterInput
{
    private RouterInput()
    {
    }

    /// <summary>A peer that speaks gossipsub is connected; the router answers with its subscriptions.</summary>
    /// <param name="Peer">Who.</param>
    /// <param name="Outbound">Whether we dialled (v1.1, Outbound Mesh Quotas).</param>
    /// <param name="Address">Its address for P6; null when unknown.</param>
    /// <param name="Version">What it speaks.</param>
    public sealed record PeerConnected(PeerId Peer, bool Outbound, IPAddress? Address, GossipsubVersion Version) : RouterInput;

    public sealed record PeerDisconnected(PeerId Peer) : RouterInput;

    /// <summary>
    /// A stream to or from a connected peer was opened anew: it is told our subscriptions again. Counters and score stay, so
    /// that reopening gains nothing.
    /// </summary>
    /// <param name="Peer">Who.</param>
    /// <param name="Inbound">Whether the peer opened it: then it tells all its subscriptions again, and what it told before is void.</param>
    public sealed record PeerReopened(PeerId Peer, bool Inbound) : RouterInput;

    /// <summary>
    /// An RPC arrived, its messages identified and checked by <see cref="MessagePolicy"/>. Its memory is only read during the step, and the caller may use
    /// the instance for another RPC after it.
    /// </summary>
    public sealed record RpcReceived(PeerId Peer, Rpc Rpc) : RouterInput
    {
        public PeerId Peer { get; set; } = Peer;
    }

    /// <summary>A peer sent something that is no RPC.</summary>
    public sealed record ProtocolViolated(PeerId Peer) : RouterInput;

    /// <summary>The verdict on a message that <see cref="RouterOutput.Validate"/> asked for.</summary>
    public sealed record Validated(MessageId Id, MessageValidity Validity) : RouterInput;

    /// <summary>The application publishes.</summary>
    public sealed record Publish(PubsubMessage Message) : RouterInput;

    /// <summary>The application joins a topic.</summary>
    public sealed record Subscribe(string Topic) : RouterInput;

    /// <summary>The application leaves a topic.</summary>
    public sealed record Unsubscribe(string Topic) : RouterInput;

    /// <summary>P5: the application's own opinion of a peer, which stays whether it is connected or not.</summary>
    public sealed record AppScoreChanged(PeerId Peer, double Score) : RouterInput;

    /// <summary>The signed record of a peer became known: it may be handed on in peer exchange.</summary>
    public sealed record PeerRecordKnown(PeerId Peer, ReadOnlyMemory<byte> SignedPeerRecord) : RouterInput;

    /// <summary>The time of <see cref="GossipsubRouter.NextWake"/> has come.</summary>
    public sealed record Wake : RouterInput
    {
        public static readonly Wake Instance = new();
    }

    /// <summary>One heartbeat interval has passed.</summary>
    public sealed record Heartbeat : RouterInput
    {
        public static readonly Heartbeat Instance = new();
    }
}
