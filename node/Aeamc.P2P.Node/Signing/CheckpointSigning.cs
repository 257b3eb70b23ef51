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
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;
using Aeamc.P2P.Threshold;
using Aeamc.P2P.Threshold.Frost;
using Aeamc.P2P.Threshold.Group;
using Aeamc.P2P.Threshold.Roast;

namespace Aeamc.P2P.Node.Signing;

/// <summary>
/// Gets due checkpoints co-signed by ROAST over <c>/aeamc/sign/1</c> and spreads them by gossip. Coordinators step in by rank, the first one at
/// once, so one member's silence delays a checkpoint by one interval and never stops it. Consensus does not wait for any of this.
/// </summary>
public sealed class CheckpointSigning : IAsyncDisposable
{
    /// <summary>Request [height, ROAST request bin], response: a ROAST reply.</summary>
    public const string Protocol = "/aeamc/sign/1";

    private const int MaximumMessage = 64 * 1024;

    private static readonly TimeSpan StepIn = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(5);

    private readonly ILibp2pHost _host;
    private readonly ChainContext _context;
    private readonly NodeIndex _self;
    private readonly NodeStore _store;
    private readonly Func<FinalizedHead> _head;
    private readonly ISecp256k1Group _group;
    private readonly ICheckpointSignatureVerifier _verifier;
    private readonly TimeProvider _time;
    private readonly Action<Exception> _onFault;
    private readonly Dictionary<PeerId, NodeIndex> _members = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Lock _taking = new();
    private readonly ITopic _topic;
    private readonly ITimer _timer;
    private SigningShare? _share;
    private RoastSigner? _signer;
    private (Height Height, long Since)? _due;
    private SignedCheckpoint? _newest;
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
        _group = group;
        _verifier = verifier;
        _time = time;
        for (int i = 0; i < context.Committee.Count; i++)
        {
            var index = new NodeIndex((ushort)i);
            _members.Add(PeerId.FromNodeId(context.Committee[index]), index);
        }

        _newest = store.LastCheckpoint() is { } last ? Decode(last.Signed) : null;
        host.HandleRequests(Protocol, new RequestOptions(MaximumMessage, MaximumMessage, TimeSpan.FromSeconds(3), 8), (peer, request, _) => ValueTask.FromResult(Answer(peer, request)));
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
                return _newest;
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
            _share = share;
            _signer = new RoastSigner(_group, share);
        }
    }

    /// <summary>A block was committed.</summary>
    public void Follow(FinalizedBlock block)
    {
        if (CheckpointRule.IsDue(block.Before.Timestamp, block.Head.Timestamp, block.Head.State.Parameters))
        {
            lock (_gate)
            {
                _due = (block.Height, _time.GetTimestamp());
            }
        }
    }

    /// <summary>Keeps a checkpoint that a member sent when asked, also one that is older than the newest; false when it is not this chain's.</summary>
    public bool Learn(SignedCheckpoint signed)
    {
        FinalizedHead head = _head();
        if (head.State.GroupKey is not { } key || !signed.GroupKey.SequenceEqual(key.PublicKey)
            || CheckpointRule.At(signed.Checkpoint.Height, _context.Genesis, head, _store) != signed.Checkpoint
            || !_verifier.Verify(key.PublicKey, signed.Checkpoint.SigningHash(), signed.Signature))
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
        return head.State.GroupKey is not null && CheckpointRule.At(height, _context.Genesis, head, _store) is not null;
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _stopping.CancelAsync();
        await _coordination;
        lock (_gate)
        {
            _signer?.Dispose();
            _signer = null;
        }

        _stopping.Dispose();
    }

    private void Tick()
    {
        Height height;
        lock (_gate)
        {
            if (_due is not { } due || _share is null || (_newest is { } newest && newest.Checkpoint.Height >= due.Height)
                || _time.GetElapsedTime(due.Since) < StepIn * RankAt(due.Height))
            {
                return;
            }

            height = due.Height;
        }

        if (Interlocked.CompareExchange(ref _coordinating, 1, 0) == 0)
        {
            _coordination = CoordinateAsync(height);
        }
    }

    /// <summary>How many members come before this one as coordinator of a height; the order turns by a hash of the height.</summary>
    private int RankAt(Height height)
    {
        Span<byte> bytes = stackalloc byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, height.Value);
        int first = (int)(Hash256.Of(bytes).Prefix64 % (ulong)_context.Committee.Count);
        return (_self.Value - first + _context.Committee.Count) % _context.Committee.Count;
    }

    private async Task CoordinateAsync(Height height)
    {
        try
        {
            SigningShare? share;
            lock (_gate)
            {
                share = _share;
            }

            if (share is null || CheckpointRule.At(height, _context.Genesis, _head(), _store) is not { } checkpoint)
            {
                return;
            }

            var coordinator = new RoastCoordinator(_group, share.PublicKey, checkpoint.SigningHash());
            if (await RunAsync(coordinator, height) is { } signature)
            {
                var signed = new SignedCheckpoint(checkpoint, signature.ToArray(), share.PublicKey.GroupKey.ToArray());
                if (Take(signed))
                {
                    _topic.Publish(Encode(signed));
                }
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

    private async Task<FrostSignature?> RunAsync(RoastCoordinator coordinator, Height height)
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

        return coordinator.Signature;
    }

    private async Task<(NodeIndex From, ReadOnlyMemory<byte> Reply)> AskAsync(RoastOutgoing outgoing, Height height, CancellationToken cancellationToken)
    {
        byte[] request = outgoing.Request.Encode();
        if (outgoing.To == _self)
        {
            return (outgoing.To, Sign(_self, height, request) ?? default);
        }

        var buffer = new ArrayBufferWriter<byte>(request.Length + 16);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write(height.Value);
        writer.Write(request);
        RequestResult result = await _host.RequestAsync(PeerId.FromNodeId(_context.Committee[outgoing.To]), Protocol, buffer.WrittenMemory, cancellationToken);
        return (outgoing.To, result.Status == RequestStatus.Ok ? result.Response : default);
    }

    private ReadOnlyMemory<byte>? Answer(PeerId peer, ReadOnlyMemory<byte> request)
    {
        var reader = new MessagePackReader(request.Span);
        return _members.TryGetValue(peer, out NodeIndex member) && reader.TryReadArrayHeader(2) && reader.TryReadUInt64(out ulong height)
            && reader.TryReadBinary(MaximumMessage, out ReadOnlySpan<byte> roast) && reader.End
            ? Sign(member, new Height(height), roast)
            : null;
    }

    /// <summary>
    /// Signs only what this node itself computes for that height from blocks that it holds as final, and only where a checkpoint is due and
    /// missing: approvals are few, and a member that asks for others must not crowd out the one that is wanted.
    /// </summary>
    private ReadOnlyMemory<byte>? Sign(NodeIndex coordinator, Height height, ReadOnlySpan<byte> request)
    {
        FinalizedHead head = _head();
        if (Newest?.Checkpoint.Height >= height || !CheckpointRule.IsDue(height, _context.Genesis, head, _store)
            || CheckpointRule.At(height, _context.Genesis, head, _store) is not { } checkpoint)
        {
            return null;
        }

        Span<byte> randomness = stackalloc byte[SigningNonce.RandomnessSize];
        SecureRandom.Fill(randomness);
        lock (_gate)
        {
            _signer?.Approve(checkpoint.SigningHash());
            byte[]? reply = _signer?.Answer(coordinator, request, randomness);
            return reply is null ? null : reply.AsMemory();
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

        if (!signed.GroupKey.SequenceEqual(key.PublicKey) || !_verifier.Verify(key.PublicKey, signed.Checkpoint.SigningHash(), signed.Signature))
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
            if (Newest?.Checkpoint.Height >= signed.Checkpoint.Height)
            {
                return false;
            }

            _store.PutCheckpoint(signed.Checkpoint.Height, Encode(signed));
            lock (_gate)
            {
                _newest = signed;
                _signer?.Retire(signed.Checkpoint.SigningHash());
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
