using System.Buffers;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Native.RocksDb;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Node.Sync;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;
using Aeamc.P2P.Threshold;
using Aeamc.P2P.Threshold.Frost;
using Aeamc.P2P.Threshold.Group;
using Aeamc.P2P.Threshold.Roast;

namespace Aeamc.P2P.Node.Signing;

/// <summary>
/// Gets due checkpoints co-signed by ROAST over <c>/aeamc/sign/1</c> and spreads them by gossip; <see cref="CheckpointDesk"/> decides. Consensus does not wait for any of this.
/// </summary>
public sealed class CheckpointSigning : IAsyncDisposable
{
    /// <summary>Request [height, ROAST request bin], response: a ROAST reply.</summary>
    public const string Protocol = "/aeamc/sign/1";

    private static readonly TimeSpan StepIn = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(5);

    private readonly ILibp2pHost _host;
    private readonly ChainContext _context;
    private readonly NodeIndex _self;
    private readonly NodeStore _store;
    private readonly Func<FinalizedHead> _head;
    private readonly TimeProvider _time;
    private readonly CheckpointDesk _desk;
    private readonly Action<Exception> _onFault;
    private readonly Dictionary<PeerId, NodeIndex> _members = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Lock _taking = new();
    private readonly ITopic _topic;
    private readonly ITimer _timer;
    private int _coordinating;
    private Task _coordination = Task.CompletedTask;

    public CheckpointSigning(
        ILibp2pHost host,
        PubsubRouter pubsub,
        ChainContext context,
        NodeIndex self,
        NodeStore store,
        Func<FinalizedHead> head,
        ISecp256k1Group group,
        ICheckpointSignatureVerifier verifier,
        TimeProvider time,
        Action<Exception> onFault)
    {
        _onFault = onFault;
        _host = host;
        _context = context;
        _self = self;
        _store = store;
        _head = head;
        _time = time;
        _desk = new CheckpointDesk(context.Genesis, self, (long)StepIn.TotalMilliseconds, group, verifier);
        for (int i = 0; i < context.Committee.Count; i++)
        {
            var index = new NodeIndex((ushort)i);
            _members.Add(PeerId.FromNodeId(context.Committee[index]), index);
        }

        _desk.Load(store.LastCheckpoint() is { } last ? Decode(last.Signed) : null);
        host.HandleRequests(Protocol, new RequestOptions(CheckpointRequest.MaximumSize, CheckpointRequest.MaximumSize, TimeSpan.FromSeconds(3), 8), (peer, request, _) => ValueTask.FromResult(Answer(peer, request)));
        _topic = pubsub.Subscribe($"/aeamc/{context.Genesis.NetworkName}/{context.Genesis.ClusterId}/checkpoints", (_, data, _) => ValueTask.FromResult(Gossiped(data)));
        _timer = time.CreateTimer(_ => Tick(), null, TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(250));
    }

    /// <summary>The newest co-signed checkpoint; null while there is none.</summary>
    public SignedCheckpoint? Newest
    {
        get
        {
            lock (_gate)
            {
                return _desk.Newest;
            }
        }
    }

    /// <summary>A newer checkpoint was co-signed, here or elsewhere. Raised once each, in order of height, on any thread; handlers must be quick.</summary>
    public event Action<SignedCheckpoint>? Signed;

    /// <summary>This member can sign from now on.</summary>
    public void UseShare(SigningShare share)
    {
        lock (_gate)
        {
            _desk.UseShare(share);
        }
    }

    /// <summary>A block was committed.</summary>
    public void Follow(FinalizedBlock block)
    {
        lock (_gate)
        {
            _desk.Follow(block.Before, block.Head, Now);
        }
    }

    /// <summary>Keeps a checkpoint that a member sent when asked, also one that is older than the newest; false when it is not this chain's.</summary>
    public bool Learn(SignedCheckpoint signed)
    {
        FinalizedHead head = _head();
        if (head.State.GroupKey is not { } key || !_desk.IsOurs(signed, key.PublicKey, head, _store.Header))
        {
            return false;
        }

        if (!Take(signed))
        {
            _store.PutCheckpoint(signed.Checkpoint.Height, Encode(signed), WriteDurability.Buffered);
        }

        return true;
    }

    /// <summary>Whether this node knows what a checkpoint of that height must say.</summary>
    public bool CanJudge(Height height)
    {
        FinalizedHead head = _head();
        return head.State.GroupKey is not null && CheckpointRule.At(height, _context.Genesis, head, _store.Header) is not null;
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _stopping.CancelAsync();
        await _coordination;
        lock (_gate)
        {
            _desk.Dispose();
        }

        _stopping.Dispose();
    }

    private long Now => (long)_time.GetElapsedTime(0).TotalMilliseconds;

    private void Tick()
    {
        Height? due;
        lock (_gate)
        {
            due = _desk.Due(Now);
        }

        if (due is { } height && Interlocked.CompareExchange(ref _coordinating, 1, 0) == 0)
        {
            _coordination = CoordinateAsync(height);
        }
    }

    private async Task CoordinateAsync(Height height)
    {
        try
        {
            CheckpointRun? run;
            FinalizedHead head = _head();
            lock (_gate)
            {
                run = _desk.Begin(height, head, _store.Header);
            }

            if (run is null)
            {
                return;
            }

            await RunAsync(run.Coordinator, height);
            if (run.Signed is { } signed && Take(signed))
            {
                _topic.Publish(Encode(signed));
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping, or nobody answered in time: the next tick tries again.
        }
        catch (Exception fault)
        {
            _onFault(fault);
        }
        finally
        {
            Volatile.Write(ref _coordinating, 0);
        }
    }

    private async Task RunAsync(RoastCoordinator coordinator, Height height)
    {
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        attempt.CancelAfter(AttemptTimeout);
        var asking = new List<Task<(NodeIndex From, ReadOnlyMemory<byte> Reply)>>();
        asking.AddRange(coordinator.Outstanding().Select(outgoing => AskAsync(outgoing, height, attempt.Token)));
        while (coordinator.Signature is null && asking.Count > 0)
        {
            Task<(NodeIndex From, ReadOnlyMemory<byte> Reply)> done = await Task.WhenAny(asking);
            asking.Remove(done);
            (NodeIndex from, ReadOnlyMemory<byte> reply) = await done;
            if (!reply.IsEmpty)
            {
                asking.AddRange(coordinator.Receive(from, reply.Span).Outgoing.Select(outgoing => AskAsync(outgoing, height, attempt.Token)));
            }
        }
    }

    private async Task<(NodeIndex From, ReadOnlyMemory<byte> Reply)> AskAsync(RoastOutgoing outgoing, Height height, CancellationToken cancellationToken)
    {
        byte[] request = outgoing.Request.Encode();
        if (outgoing.To == _self)
        {
            return (outgoing.To, Sign(_self, height, request) ?? default);
        }

        RequestResult result = await _host.RequestAsync(
            PeerId.FromNodeId(_context.Committee[outgoing.To]), Protocol, CheckpointRequest.Encode(height, request), cancellationToken);
        return (outgoing.To, result.Status == RequestStatus.Ok ? result.Response : default);
    }

    private ReadOnlyMemory<byte>? Answer(PeerId peer, ReadOnlyMemory<byte> request) =>
        _members.TryGetValue(peer, out NodeIndex member) && CheckpointRequest.TryDecode(request.Span, out Height height, out ReadOnlySpan<byte> roast)
            ? Sign(member, height, roast)
            : null;

    private ReadOnlyMemory<byte>? Sign(NodeIndex coordinator, Height height, ReadOnlySpan<byte> request)
    {
        Span<byte> randomness = stackalloc byte[SigningNonce.RandomnessSize];
        SecureRandom.Fill(randomness);
        FinalizedHead head = _head();
        lock (_gate)
        {
            return Answers.OrRefuse(_desk.Answer(coordinator, height, request, randomness, head, _store.Header));
        }
    }

    private MessageValidity Gossiped(ReadOnlyMemory<byte> data)
    {
        if (Decode(data.ToArray()) is not { } signed || signed.Checkpoint.NetworkId != _context.Genesis.NetworkId || signed.Checkpoint.ClusterId != _context.Genesis.ClusterId)
        {
            return MessageValidity.Reject;
        }

        // A node that is behind cannot judge yet; it is not the sender's fault.
        if (_head().State.GroupKey is not { } key)
        {
            return MessageValidity.Ignore;
        }

        if (!_desk.IsSigned(signed, key.PublicKey))
        {
            return MessageValidity.Reject;
        }

        return Take(signed) ? MessageValidity.Accept : MessageValidity.Ignore;
    }

    /// <summary>Keeps a verified checkpoint if it is newer than the newest.</summary>
    private bool Take(SignedCheckpoint signed)
    {
        // One at a time, so that followers hear of them in order.
        lock (_taking)
        {
            bool news;
            lock (_gate)
            {
                news = _desk.IsNews(signed);
            }

            if (!news)
            {
                return false;
            }

            _store.PutCheckpoint(signed.Checkpoint.Height, Encode(signed));
            lock (_gate)
            {
                _desk.Take(signed);
            }

            Signed?.Invoke(signed);
            return true;
        }
    }

    internal static byte[] Encode(SignedCheckpoint signed)
    {
        var buffer = new ArrayBufferWriter<byte>(384);
        var writer = new MessagePackWriter(buffer);
        signed.Encode(ref writer);
        return buffer.WrittenSpan.ToArray();
    }

    internal static SignedCheckpoint? Decode(byte[] bytes)
    {
        var reader = new MessagePackReader(bytes);
        return SignedCheckpoint.TryDecode(ref reader, out SignedCheckpoint? signed) && reader.End ? signed : null;
    }
}
