using System.Security.Cryptography;
using System.Threading.Channels;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Cryptography.Verification;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceApi.Tests.Support;

/// <summary>
/// A node without network and disk: the real ledger with the real signature checks, and a block of its own for each submission. Every tenth block is under
/// a checkpoint, signed by one key that stands for the group's.
/// </summary>
public sealed class InMemoryNode : INodeGateway, IMountainNodes, IEvidenceVerifier
{
    private const int CheckpointEvery = 10;
    private const int StreamCapacity = 64;

    private readonly Lock _gate = new();
    private readonly SignatureVerdicts _verdicts = new();
    private readonly EntryDecoder _decoder;
    private readonly LedgerMachine _machine;
    private readonly NodeId _member;
    private readonly Dictionary<(int, ulong), Hash256> _mountain = [];
    private readonly Dictionary<Hash256, EntryPlace> _places = [];
    private readonly List<BlockView> _blocks = [];
    private readonly List<BatchEntry[]> _entries = [];
    private readonly List<Hash256> _chainRoots = [];
    private readonly List<SignedCheckpoint> _checkpoints = [];
    private readonly List<Channel<NodeEvent>> _streams = [];
    private readonly GroupSigner _group = new();
    private MerkleMountainRange _range = MerkleMountainRange.Empty;
    private TaskCompletionSource _nextBlock = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _accepted;
    private long _proofs;

    public InMemoryNode(TestNetwork network, TimeProvider? time = null)
    {
        Time = time ?? TimeProvider.System;
        _member = network.Member.PublicKey.TryToNodeId(out NodeId id) ? id : default;
        Genesis = network.Genesis(new Timestamp((ulong)Time.GetUtcNow().ToUnixTimeMilliseconds()));
        _decoder = new EntryDecoder(Genesis.NetworkName);
        _machine = new LedgerMachine(new LedgerPorts(_verdicts, new KeyRecovery(), this));
        State = Genesis.Genesis();
        Add(Header(new Height(0), State.Time, []), []);
    }

    public GenesisDocument Genesis { get; }

    public LedgerState State { get; private set; }

    public Timestamp ChainTime => State.Time;

    public TimeProvider Time { get; }

    public Height Head => State.Height;

    /// <summary>When set, every submission is answered with it.</summary>
    public Submission? Answer { get; set; }

    /// <summary>When set, submissions are taken and no block comes.</summary>
    public bool IsStuck { get; set; }

    /// <summary>Submissions seen.</summary>
    public long Submissions { get; private set; }

    /// <summary>Open event streams.</summary>
    public int OpenStreams
    {
        get
        {
            lock (_gate)
            {
                return _streams.Count;
            }
        }
    }

    /// <summary>What a light client of this network trusts.</summary>
    public TrustAnchor Trust => new(Genesis.NetworkId, Genesis.ClusterId, _group.PublicKey);

    public ValueTask<Submission> SubmitAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            Submissions++;
            return ValueTask.FromResult(Answer ?? Submit(entry));
        }
    }

    public EntryPlace? FindEntry(Hash256 entryId)
    {
        lock (_gate)
        {
            if (!_places.TryGetValue(entryId, out EntryPlace? place))
            {
                return null;
            }

            bool covered = place.Stage == EntryStage.Finalized && _checkpoints.Count > 0 && _checkpoints[^1].Checkpoint.Height >= place.Height;
            return covered ? place with { Stage = EntryStage.Checkpointed } : place;
        }
    }

    public ReceiptProof? ProveEntry(Hash256 entryId)
    {
        lock (_gate)
        {
            if (!_places.TryGetValue(entryId, out EntryPlace? place) || place.Stage == EntryStage.Pending)
            {
                return null;
            }

            int height = (int)place.Height.Value;
            CheckpointProof? up = null;
            if (FindCheckpoint(place.Height) is { } signed
                && ChainProof.TryCreate(this, place.Height, signed.Checkpoint.Height.Value + 1, out ChainProof? chain))
            {
                up = new CheckpointProof(chain, signed);
            }

            return new ReceiptProof(
                _entries[height][place.Index],
                InclusionProof.Create(EntriesRoot.LeafHashes(_entries[height]), place.Index),
                _blocks[height].Header,
                up,
                _blocks[height].Finalization);
        }
    }

    public BlockView? FindBlock(Height height)
    {
        lock (_gate)
        {
            return height.Value < (ulong)_blocks.Count ? _blocks[(int)height.Value] : null;
        }
    }

    public SignedCheckpoint? FindCheckpoint(Height atLeast)
    {
        lock (_gate)
        {
            return _checkpoints.Find(signed => signed.Checkpoint.Height >= atLeast);
        }
    }

    public SignedCheckpoint? LatestCheckpoint()
    {
        lock (_gate)
        {
            return _checkpoints.Count == 0 ? null : _checkpoints[^1];
        }
    }

    public NodeStatus Status() => new()
    {
        Version = "test",
        Network = Genesis.NetworkName,
        ClusterId = Genesis.ClusterId,
        NodeId = _member.ToString(),
        PeerId = "",
        Ready = true,
        NotReadyReason = "",
        Height = Head.Value,
        BlockHash = FindBlock(Head)!.Hash.ToString(),
        StateRoot = State.Root.ToString(),
        BlockTimestamp = State.Time.Milliseconds,
        View = Head.Value,
        Epoch = 0,
        Committee = [new MemberStatus(_member.ToString(), true, true)],
        Peers = 0,
        KnownPeers = 0,
        BannedPeers = 0,
        Pending = 0,
        EntriesAccepted = Interlocked.Read(ref _accepted),
        ProofsAccepted = Interlocked.Read(ref _proofs),
        Refused = new Dictionary<string, long>(),
        ProofsFinalized = (long)State.Counters.ProofsCounted,
        NullifiedViews = new Dictionary<string, long>(),
        NetworkRefusals = new Dictionary<string, long>(),
        LatencyBuckets = [0, 1],
        LatencyMilliseconds = [1.5, 2.5, 3.5],
        GroupKey = Convert.ToHexStringLower(_group.PublicKey),
        KeyGeneration = "done",
        CheckpointHeight = LatestCheckpoint()?.Checkpoint.Height.Value ?? 0,
        Anchors = [new AnchorStatus("journal", 3, "1", 0, true)],
        ResidentBytes = 1,
        UptimeSeconds = 1.25,
    };

    public Task WaitForBlockAboveAsync(Height height, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Head > height ? Task.CompletedTask : _nextBlock.Task.WaitAsync(cancellationToken);
        }
    }

    public async IAsyncEnumerable<NodeEvent> Events(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stream = Channel.CreateBounded<NodeEvent>(new BoundedChannelOptions(StreamCapacity) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_gate)
        {
            _streams.Add(stream);
        }

        try
        {
            await foreach (NodeEvent what in stream.Reader.ReadAllAsync(cancellationToken))
            {
                yield return what;
            }
        }
        finally
        {
            lock (_gate)
            {
                _streams.Remove(stream);
            }
        }
    }

    /// <summary>Adds empty blocks, until the last block is under a checkpoint.</summary>
    public void Checkpoint()
    {
        lock (_gate)
        {
            do
            {
                Apply([], []);
            }
            while ((Head.Value % CheckpointEvery) != 0);
        }
    }

    bool IMountainNodes.TryGet(int level, ulong index, out Hash256 hash) => _mountain.TryGetValue((level, index), out hash);

    bool IEvidenceVerifier.TryRead(ReadOnlySpan<byte> evidence, out Offence offence)
    {
        offence = default;
        return false;
    }

    bool IEvidenceVerifier.Verify(ReadOnlySpan<byte> evidence) => false;

    /// <summary>Knows the blocks up to the head, and of them nothing but that.</summary>
    public Explanation? Explain(ExplainSubject subject, string id) =>
        subject == ExplainSubject.Block && ulong.TryParse(id, out ulong height) && FindBlock(new Height(height)) is not null
            ? new Explanation($"block {height}", [$"Block {height} is final."]) { Evidence = [] }
            : null;

    private Submission Submit(LedgerEntry entry)
    {
        RefusalCode code = EntryValidity.Check(_decoder, entry, _verdicts, out DecodedEntry? decoded);
        if (code != RefusalCode.None || decoded is null)
        {
            return new Submission(SubmissionStatus.Refused, default, code);
        }

        if (_places.ContainsKey(decoded.Id))
        {
            return new Submission(SubmissionStatus.AlreadyKnown, decoded.Id, RefusalCode.None);
        }

        code = _machine.Precheck(State, decoded, new Timestamp((ulong)Time.GetUtcNow().ToUnixTimeMilliseconds()));
        if (code is not (RefusalCode.None or RefusalCode.ProbationPending))
        {
            return new Submission(SubmissionStatus.Refused, decoded.Id, code);
        }

        Interlocked.Increment(ref _accepted);
        _proofs += decoded.Kind.IsProof() ? 1 : 0;
        if (IsStuck)
        {
            _places[decoded.Id] = new EntryPlace(EntryStage.Pending, default, 0, "");
        }
        else
        {
            Apply([decoded], [new BatchEntry((byte)entry.Kind, entry.Bytes)]);
        }

        return new Submission(SubmissionStatus.Accepted, decoded.Id, RefusalCode.None);
    }

    private void Apply(DecodedEntry[] decoded, BatchEntry[] entries)
    {
        var now = new Timestamp((ulong)Time.GetUtcNow().ToUnixTimeMilliseconds());
        Timestamp time = now > State.Time ? now : State.Time.Plus(1);
        Height height = State.Height.Next;
        MicroblockHeader header = Header(height, time, entries);
        BlockResult result = _machine.Apply(
            State, new BlockContext(height, time, header.PreviousHash), [.. decoded.Select(entry => new BlockEntry(entry, _member))]);
        for (int index = 0; index < decoded.Length; index++)
        {
            EntryOutcome outcome = result.Outcomes[index];
            bool refused = outcome.Status == EntryStatus.Refused;
            _places[decoded[index].Id] =
                new EntryPlace(refused ? EntryStage.Refused : EntryStage.Finalized, height, index, refused ? outcome.Code.Code() : "");
        }

        State = result.State;
        Add(header, entries);
        Publish(new BlockFinalizedEvent(
            height.Value,
            _blocks[^1].Hash.ToString(),
            height.Value,
            entries.Length,
            decoded.Count(entry => entry.Kind.IsProof()),
            result.ProofsCounted,
            _member.ToString(),
            time.Milliseconds,
            State.Root.ToString()));
        if (height.Value % CheckpointEvery == 0)
        {
            Sign(height);
        }

        TaskCompletionSource done = _nextBlock;
        _nextBlock = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        done.SetResult();
    }

    private void Sign(Height height)
    {
        var checkpoint = new Checkpoint(
            Genesis.NetworkId, Genesis.ClusterId, default, height, _blocks[^1].Hash, _chainRoots[^1], State.Root);
        _checkpoints.Add(new SignedCheckpoint(checkpoint, _group.Sign(checkpoint.SigningHash()), _group.PublicKey));
        Publish(new CheckpointSignedEvent(height.Value, _blocks[^1].Hash.ToString(), Convert.ToHexStringLower(_checkpoints[^1].Signature)));
    }

    private void Publish(NodeEvent what)
    {
        foreach (Channel<NodeEvent> stream in _streams)
        {
            stream.Writer.TryWrite(what);
        }
    }

    private MicroblockHeader Header(Height height, Timestamp time, BatchEntry[] entries) => new()
    {
        ClusterId = Genesis.ClusterId,
        Timestamp = time,
        PayloadHash = BlockPayload.Empty.Hash,
        PreviousHash = _blocks.Count == 0 ? Genesis.Hash() : _blocks[^1].Hash,
        ReceiptCount = (ushort)entries.Length,
        Height = height,
        View = new View(height.Value),
        Epoch = default,
        Proposer = default,
        EntriesRoot = EntriesRoot.Of(entries),
        StateRoot = State.Root,
        ChainRoot = _range.Root,
        Beacon = BeaconProof.None,
        ParametersHash = State.Parameters.Hash(),
    };

    private void Add(MicroblockHeader header, BatchEntry[] entries)
    {
        Hash256 hash = header.ComputeHash();
        var completed = new List<MountainNode>();
        _range = _range.Append(hash, completed);
        foreach (MountainNode node in completed)
        {
            _mountain[(node.Level, node.Index)] = node.Hash;
        }

        _blocks.Add(new BlockView(header, hash, [], SHA256.HashData(hash.ToArray())));
        _entries.Add(entries);
        _chainRoots.Add(_range.Root);
    }
}
