using System.Runtime.InteropServices;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// Runs the <see cref="GossipsubRouter"/> under one lock and does what it wants done: frames are queued to the peers under the
/// lock, in order; what calls out is done after it. Safe for concurrent use.
/// </summary>
internal sealed class RouterDriver
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly ILibp2pHost _host;
    private readonly Action<RouterOutput, PubsubPeer?> _callOut;
    private readonly Action<PubsubPeer> _overflow;
    private readonly long _startedAt;

    // Guards the core and everything below.
    private readonly Lock _gate = new();
    private readonly GossipsubRouter _core;
    private readonly List<RouterOutput> _outputs = [];
    private readonly Stack<List<RouterOutput>> _spare = new();
    private readonly Dictionary<PeerId, PubsubPeer> _peers = [];
    private readonly ITimer _wake;
    private bool _wakeIsSet;
    private bool _stopped;

    /// <param name="host">For its clock, its counters and its name.</param>
    /// <param name="settings">The router's.</param>
    /// <param name="callOut">Does what calls the application or the host; called without the lock. A message delivered is lent for the call.</param>
    /// <param name="overflow">Told, under the lock, of a peer that does not even take control messages.</param>
    public RouterDriver(ILibp2pHost host, PubsubSettings settings, Action<RouterOutput, PubsubPeer?> callOut, Action<PubsubPeer> overflow)
    {
        _host = host;
        _callOut = callOut;
        _overflow = overflow;
        _core = new GossipsubRouter(host.LocalPeer, settings, new Random());
        _startedAt = host.Time.GetTimestamp();
        _wake = host.Time.CreateTimer(static driver => ((RouterDriver)driver!).OnWake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Hands an input to the core. Returns how many copies of a message that it publishes were queued.</summary>
    public int Drive(RouterInput input, PubsubPeer? source = null)
    {
        int queued;
        List<RouterOutput> outside;
        lock (_gate)
        {
            if (_stopped)
            {
                return 0;
            }

            queued = Step(input, out outside);
        }

        CallOut(outside, source);
        return queued;
    }

    /// <summary>Asks the core something.</summary>
    public T Read<T>(Func<GossipsubRouter, T> question)
    {
        lock (_gate)
        {
            return question(_core);
        }
    }

    /// <summary>Whether a message of this id has come already.</summary>
    public bool HasSeen(in MessageId id)
    {
        lock (_gate)
        {
            return _core.HasSeen(id);
        }
    }

    /// <summary>The peer as it is served; a new one if it was not known. Null once stopped.</summary>
    /// <param name="info">Who.</param>
    /// <param name="inbound">The stream that it opened, if it did: the newer one counts.</param>
    /// <param name="isNew">Whether it was not known.</param>
    /// <param name="replaced">The stream that it opened before.</param>
    public PubsubPeer? Meet(PeerInfo info, PeerStream? inbound, Func<PubsubPeer> create, out bool isNew, out PeerStream? replaced)
    {
        isNew = false;
        replaced = null;
        lock (_gate)
        {
            if (_stopped)
            {
                return null;
            }

            if (!_peers.TryGetValue(info.Id, out PubsubPeer? peer))
            {
                _peers.Add(info.Id, peer = create());
                isNew = true;
            }

            if (inbound is not null)
            {
                (replaced, peer.Inbound) = (peer.Inbound, inbound);
            }

            return peer;
        }
    }

    /// <summary>A stream to or from a peer told what it speaks: the first time the core hears of it.</summary>
    public void Register(PubsubPeer peer, GossipsubVersion version, bool reopened, bool inbound)
    {
        List<RouterOutput> outside;
        lock (_gate)
        {
            if (_stopped || !_peers.TryGetValue(peer.Id, out PubsubPeer? current) || current != peer || (peer.Registered && !reopened))
            {
                return;
            }

            RouterInput input = peer.Registered
                ? new RouterInput.PeerReopened(peer.Id, inbound)
                : new RouterInput.PeerConnected(
                    peer.Id, peer.Info.Direction == ConnectionDirection.Outbound, peer.Info.RemoteAddress.ToIpEndPoint()?.Address, version);
            peer.Registered = true;
            Step(input, out outside);
        }

        CallOut(outside, peer);
    }

    /// <summary>The peer is gone, or given up.</summary>
    public void Part(PeerId id)
    {
        PubsubPeer? peer;
        List<RouterOutput> outside = [];
        lock (_gate)
        {
            if (!_peers.Remove(id, out peer))
            {
                return;
            }

            if (peer.Registered && !_stopped)
            {
                Step(new RouterInput.PeerDisconnected(id), out outside);
            }
        }

        peer.Leave();
        CallOut(outside, peer);
    }

    /// <summary>The peers that are served.</summary>
    public HashSet<PeerId> Peers()
    {
        lock (_gate)
        {
            return [.. _peers.Keys];
        }
    }

    /// <summary>Ends it: nothing is done any more. False when it has ended already.</summary>
    public bool Stop()
    {
        PubsubPeer[] peers;
        lock (_gate)
        {
            if (_stopped)
            {
                return false;
            }

            _stopped = true;
            _wake.Dispose();
            peers = [.. _peers.Values];
            _peers.Clear();
        }

        Array.ForEach(peers, static peer => peer.Leave());
        return true;
    }

    private void OnWake()
    {
        lock (_gate)
        {
            _wakeIsSet = false;
        }

        Drive(RouterInput.Wake.Instance);
    }

    private int Step(RouterInput input, out List<RouterOutput> outside)
    {
        int queued = 0;
        PubsubMessage? own = (input as RouterInput.Publish)?.Message;
        TimeSpan now = _host.Time.GetElapsedTime(_startedAt);
        outside = _spare.TryPop(out List<RouterOutput>? spare) ? spare : [];
        _core.Step(now, input, _outputs);
        Rpc? encoded = null;
        SharedFrame? frame = null;
        foreach (ref readonly RouterOutput output in CollectionsMarshal.AsSpan(_outputs))
        {
            switch (output.Kind)
            {
                case RouterOutputKind.SendRpc:
                    // One RPC to several peers in a row is encoded once.
                    if (output.Rpc != encoded)
                    {
                        frame?.Release();
                        encoded = output.Rpc;
                        frame = RpcEncoder.EncodeControl(_core.Frames, encoded);
                    }

                    Enqueue(output.Peer, frame!, output.Priority);
                    break;
                case RouterOutputKind.SendMessage:
                    // Forwards whose time has come go out with any step.
                    bool taken = Enqueue(output.Peer, output.Message.Shared, output.Priority);
                    queued += taken && output.Message == own ? 1 : 0;
                    break;
                case RouterOutputKind.CancelMessage:
                    if (_peers.TryGetValue(output.Peer, out PubsubPeer? peer))
                    {
                        peer.Queue.Cancel(output.Message);
                    }

                    break;
                case RouterOutputKind.Deliver:
                    // Lent by the core until its next step, which another thread may make first.
                    output.Message.Retain();
                    outside.Add(output);
                    break;
                default:
                    // A message under validation is the core's until the verdict.
                    outside.Add(output);
                    break;
            }
        }

        frame?.Release();
        _outputs.Clear();
        SetWake(now);
        return queued;
    }

    private void SetWake(TimeSpan now)
    {
        if (!_wakeIsSet && _core.NextWake is { } due)
        {
            TimeSpan wait = due - now;
            _wakeIsSet = _wake.Change(wait > ShortestWait ? wait : ShortestWait, Timeout.InfiniteTimeSpan);
        }
    }

    private void CallOut(List<RouterOutput> outside, PubsubPeer? source)
    {
        // Not by enumerator: a callback may call back in, but each call has a list of its own.
        for (int i = 0; i < outside.Count; i++)
        {
            RouterOutput output = outside[i];
            _callOut(output, source);
            if (output.Kind == RouterOutputKind.Deliver)
            {
                output.Message.Release();
            }
        }

        outside.Clear();
        lock (_gate)
        {
            _spare.Push(outside);
        }
    }

    private bool Enqueue(PeerId id, SharedFrame frame, SendPriority priority)
    {
        if (!_peers.TryGetValue(id, out PubsubPeer? peer))
        {
            return false;
        }

        switch (peer.Queue.Enqueue(frame, priority))
        {
            case EnqueueResult.Queued:
                return true;
            case EnqueueResult.QueuedInstead:
                _host.Refusals.Count("pubsub-queue-dropped");
                return true;
            case EnqueueResult.Dropped:
                _host.Refusals.Count("pubsub-queue-dropped");
                return false;
            case EnqueueResult.Overflow:
                if (!peer.IsSlow)
                {
                    peer.IsSlow = true;
                    _overflow(peer);
                }

                return false;
            default:
                throw Invariant.Fail("unknown result of queueing");
        }
    }
}
