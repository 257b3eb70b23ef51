using System.Runtime.InteropServices;
using Aeamc.P2P.Cryptography.Ed25519Lanes;
using Aeamc.P2P.Libp2p.Hosting;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// The streams of gossipsub: one each way per peer (pubsub spec, The RPC). Ours is opened when a peer appears and kept open while
/// it is there; theirs is read, frame by frame, and what came is handed to the router.
/// </summary>
internal sealed class PubsubStreams(
    ILibp2pHost host, PubsubSettings settings, MessagePolicy policy, RpcDecoder decoder, RouterDriver driver, TaskTracker tasks, Action<Libp2pLogLevel, string> log, CancellationToken stopping)
{
    private const int MaxOpenFailures = 5;
    private const int RememberedAuthors = 512;
    private const int TakenInARow = 32;

    private static readonly TimeSpan ReopenDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongLived = TimeSpan.FromMinutes(1);

    private readonly string[] _protocols = settings.Extensions.Count > 0
        ? [PubsubRouter.ProtocolV13, PubsubRouter.ProtocolV12, PubsubRouter.ProtocolV11]
        : [PubsubRouter.ProtocolV12, PubsubRouter.ProtocolV11];

    // Signatures are verified together where that is cheaper: then frames that have come are taken in together, too.
    private readonly int _framesTogether = settings.SignaturePolicy == SignaturePolicy.StrictSign ? Ed25519BatchVerifier.PassSize : 1;

    // As many as are taken in at the same moment.
    private readonly Stack<RouterInput.RpcReceived> _spare = new();
    private readonly Ed25519BatchVerifier _verifier = new(keyCapacity: RememberedAuthors);

    /// <summary>Takes part: answers streams and opens one to each peer.</summary>
    public void Start()
    {
        foreach (string protocol in _protocols)
        {
            host.HandleStream(protocol, ServeAsync);
        }

        host.PeerConnected += OnPeerConnected;
        host.PeerIdentified += OnPeerIdentified;
        host.PeerDisconnected += OnPeerDisconnected;
        foreach (PeerInfo info in host.Peers)
        {
            OnPeerConnected(info);
        }
    }

    public void Stop()
    {
        host.PeerConnected -= OnPeerConnected;
        host.PeerIdentified -= OnPeerIdentified;
        host.PeerDisconnected -= OnPeerDisconnected;
    }

    /// <summary>
    /// Streams and the host's events are not ordered among each other: a stream served just as its connection ended may have
    /// brought back a peer that nobody will announce as gone, and one given up may be reachable again.
    /// </summary>
    public void Reconcile()
    {
        HashSet<PeerId> known = driver.Peers();
        foreach (PeerInfo info in host.Peers)
        {
            if (!known.Remove(info.Id) && _protocols.Any(info.Supports))
            {
                Meet(info, protocol: null, inbound: null);
            }
        }

        foreach (PeerId gone in known.Where(peer => host.FindPeer(peer) is null))
        {
            driver.Part(gone);
        }
    }

    private static GossipsubVersion VersionOf(string protocol) => protocol switch
    {
        PubsubRouter.ProtocolV13 => GossipsubVersion.V13,
        PubsubRouter.ProtocolV12 => GossipsubVersion.V12,
        PubsubRouter.ProtocolV11 => GossipsubVersion.V11,
        _ => throw Invariant.Fail($"{protocol} is not gossipsub"),
    };

    private void OnPeerConnected(PeerInfo info) => Meet(info, protocol: null, inbound: null);

    private void OnPeerIdentified(PeerInfo info)
    {
        if (info.Identity?.SignedPeerRecord is { } record)
        {
            driver.Drive(new RouterInput.PeerRecordKnown(info.Id, record));
        }
    }

    private void OnPeerDisconnected(PeerId id)
    {
        // It may be back before this event is handled; then its streams are new, and everything else still holds.
        if (host.FindPeer(id) is null)
        {
            driver.Part(id);
        }
    }

    /// <summary>A peer is there: by an event of the host, or by the stream that it opened, whichever is first.</summary>
    private PubsubPeer? Meet(PeerInfo info, string? protocol, PeerStream? inbound)
    {
        PubsubPeer? peer = driver.Meet(info, inbound, () => new PubsubPeer(info, settings), out bool isNew, out PeerStream? replaced);
        if (peer is null)
        {
            return null;
        }

        replaced?.Reset();
        if (protocol is not null)
        {
            driver.Register(peer, VersionOf(protocol), reopened: replaced is not null, inbound: true);
        }

        if (isNew)
        {
            tasks.Run(() => AttendAsync(peer));
        }

        return peer;
    }

    /// <summary>Opens our stream to a peer and keeps it open while the peer is there.</summary>
    private async Task AttendAsync(PubsubPeer peer)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(peer.Gone, stopping);
        try
        {
            for (int failures = 0; failures < MaxOpenFailures; failures++)
            {
                long openedAt = host.Time.GetTimestamp();
                if (!await WriteAsync(peer, reopened: failures > 0, ending.Token).ConfigureAwait(false))
                {
                    return;
                }

                if (host.Time.GetElapsedTime(openedAt) > LongLived)
                {
                    failures = 0;
                }

                await Task.Delay(ReopenDelay * (1 << failures), host.Time, ending.Token).ConfigureAwait(false);
            }

            host.Refusals.Count("pubsub-stream-refused");
            driver.Part(peer.Id);
        }
        catch (OperationCanceledException)
        {
            // The peer is gone, or we stop.
        }
        finally
        {
            peer.Dispose();
        }
    }

    /// <summary>Opens a stream and writes until it breaks. False when another try is pointless.</summary>
    private async Task<bool> WriteAsync(PubsubPeer peer, bool reopened, CancellationToken cancellationToken)
    {
        try
        {
            PeerStream stream = await host.OpenStreamAsync(peer.Id, _protocols, cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                driver.Register(peer, VersionOf(stream.Protocol), reopened, inbound: false);
                await peer.Queue.WriteToAsync(stream, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Libp2pException e) when (e.Error is Libp2pError.ProtocolUnsupported or Libp2pError.NotConnected or Libp2pError.HostStopped)
        {
            driver.Part(peer.Id);
            return false;
        }
        catch (Exception e) when (e is Libp2pException or ChannelClosedException)
        {
            log(Libp2pLogLevel.Debug, $"the gossipsub stream to {peer.Id} failed: {e.Message}");
        }

        return true;
    }

    /// <summary>Reads what a peer sends.</summary>
    private async Task ServeAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        if (host.FindPeer(stream.RemotePeer) is not { } info || Meet(info, stream.Protocol, stream) is not { } peer)
        {
            return;
        }

        using var reader = new FrameReader(stream, settings.MaxRpcBytes, settings.RpcPatience, host.Time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping, reader.Late);
        var taken = new Queue<RouterInput.RpcReceived>(_framesTogether);
        SignatureBatch? signatures = settings.SignaturePolicy == SignaturePolicy.StrictSign ? new SignatureBatch(policy, _verifier, driver.HasSeen) : null;
        try
        {
            for (int inARow = 0; ; inARow++)
            {
                ValueTask<bool> reading = reader.ReadAsync(ending.Token);
                inARow = reading.IsCompleted ? inARow : 0;
                if (!await reading.ConfigureAwait(false))
                {
                    break;
                }

                if (inARow == TakenInARow)
                {
                    // What lies here already may be much work: other peers have their turn.
                    inARow = 0;
                    await Task.Yield();
                }

                RpcFault fault = Receive(peer, reader, taken, signatures);
                if (fault != RpcFault.None)
                {
                    Refuse(peer, stream, fault);
                    return;
                }

                await peer.RoomAsync(ending.Token).ConfigureAwait(false);
            }
        }
        catch (ChannelClosedException e) when (e.Reason == ChannelCloseReason.MessageTooLong)
        {
            Refuse(peer, stream, RpcFault.FrameTooLong);
        }
        catch (OperationCanceledException) when (reader.Late.IsCancellationRequested)
        {
            host.Disconnect(peer.Id, "pubsub-frame-too-slow");
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            // The peer left, opened another stream, or we stop.
        }
    }

    private void Refuse(PubsubPeer peer, PeerStream stream, RpcFault fault)
    {
        host.Refusals.Count(fault switch
        {
            RpcFault.FrameTooLong => "pubsub-frame-too-long",
            RpcFault.BadVarint => "pubsub-bad-varint",
            RpcFault.LengthOutOfBounds => "pubsub-length-out-of-bounds",
            RpcFault.BadTag => "pubsub-bad-tag",
            RpcFault.BadTopic => "pubsub-bad-topic",
            RpcFault.TooManyEntries => "pubsub-too-many-entries",
            _ => throw Invariant.Fail($"no name for {fault}"),
        });
        driver.Drive(new RouterInput.ProtocolViolated(peer.Id));
        stream.Reset();
    }

    /// <summary>Takes in the frame that was read and those that have come behind it, in their order up to the first that is none.</summary>
    private RpcFault Receive(PubsubPeer peer, FrameReader reader, Queue<RouterInput.RpcReceived> taken, SignatureBatch? signatures)
    {
        RpcFault fault;
        do
        {
            RouterInput.RpcReceived received = Rent(peer.Id);
            fault = decoder.TryDecode(reader.Frame, received.Rpc);
            if (fault != RpcFault.None)
            {
                GiveBack(received);
                break;
            }

            foreach (ref RpcMessage message in CollectionsMarshal.AsSpan(received.Rpc.Messages))
            {
                policy.Identify(ref message);
            }

            signatures?.Add(received.Rpc);
            taken.Enqueue(received);
        }
        while (taken.Count < _framesTogether && reader.TryReadBuffered());
        signatures?.Verify();
        while (taken.TryDequeue(out RouterInput.RpcReceived? received))
        {
            driver.Drive(received, peer);
            GiveBack(received);
        }

        return fault;
    }

    private RouterInput.RpcReceived Rent(PeerId peer)
    {
        lock (_spare)
        {
            if (_spare.TryPop(out RouterInput.RpcReceived? received))
            {
                received.Peer = peer;
                return received;
            }
        }

        return new RouterInput.RpcReceived(peer, new Rpc());
    }

    private void GiveBack(RouterInput.RpcReceived received)
    {
        received.Rpc.Clear();
        lock (_spare)
        {
            _spare.Push(received);
        }
    }
}
