using Aeamc.P2P.Anchoring;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Cryptography.Keys;
using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Cryptography.Verification;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Node.Cli;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Node.Evidence;
using Aeamc.P2P.Node.Ingress;
using Aeamc.P2P.Node.Keygen;
using Aeamc.P2P.Node.Metrics;
using Aeamc.P2P.Node.Signing;
using Aeamc.P2P.Node.Sync;
using Aeamc.P2P.Node.Sync.Snapshots;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage;
using Aeamc.P2P.Storage.Log;
using Aeamc.P2P.Storage.Signer;
using Aeamc.P2P.Storage.Store;
using Microsoft.Extensions.Logging;

namespace Aeamc.P2P.Node.Hosting;

/// <summary>
/// One running node: opens the data folder, puts the parts together in the order in which they depend on each other, and takes them apart in
/// the reverse order. Start here to see how everything is connected.
/// </summary>
public sealed class NodeHost : IAsyncDisposable
{
    private static readonly TimeSpan BatchDelay = TimeSpan.FromMilliseconds(20);

    private readonly Stack<Func<ValueTask>> _closing;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _logger;
    private readonly Action<Exception> _onFault;
    private readonly Action<Exception> _tellFault;
    private readonly InputQueue _inputs = new();
    private readonly ConsensusLoop _loop;
    private readonly ChainActor _chain;
    private readonly ChainFetcher _fetcher;
    private readonly SyncSources _sources;
    private readonly RangeSync _ranges;
    private readonly CheckpointSync _checkpoints;
    private readonly SnapshotServer _snapshots;
    private readonly BatchIntake _intake;
    private readonly KeyGeneration _keygen;
    private readonly CheckpointSigning _signing;
    private readonly NodeEntrySigner _signer;
    private readonly VoteRecorder? _recorder;
    private readonly EvidencePool _evidence;
    private ulong _offencesTold;
    private volatile string? _suspendedReason;
    private bool _quiet;

    private NodeHost(NodeConfig config, ILogger logger, Action<Exception> onFault, Stack<Func<ValueTask>> closing)
    {
        _closing = closing;
        Config = config;
        _logger = logger;
        _tellFault = onFault;
        _onFault = OnFault;
        TimeProvider time = TimeProvider.System;
        Own(DataFolderLock.Acquire(config.DataDirectory));
        Key = Own(NodeKeyFile.Load(KeyPath(config)));
        Genesis = GenesisFile.Load(config.GenesisFile);
        var foundation = new NetworkFoundation(Genesis);
        Context = foundation.Context;
        if (!Context.Committee.TryIndexOf(Key.PublicKey, out NodeIndex self))
        {
            throw new OperatorException(
                $"this node ({Key.PublicKey}) is not in the committee of {config.GenesisFile}. Use the key that the genesis file names, or the genesis file of your network.");
        }

        Self = self;
        KeyGeneration.CheckKeys(Secp256k1Group.Shared, Genesis);
        MessageVerifier verifier = foundation.Verifier;
        SignatureVerdicts verdicts = foundation.Verdicts;

        Store = Own(NodeStore.Open(StoreFolder(config)));
        (ChainBlock headBlock, FinalizedHead head) = ChainStartup.Load(Store, Genesis, Context.GenesisHash);
        ConsensusLog log = Own(ConsensusLog.Open(WalFolder(config), new ConsensusLogOptions { SegmentBytes = config.WalSegmentBytes }));
        if (log.TornBytes > 0)
        {
            logger.TornLog(log.TornBytes);
        }

        SignerWatermark watermark = Own(SignerWatermark.Open(WatermarkPath(config)));
        var journal = new ConsensusJournal(log, watermark);
        RecoveredState recovered = RecoveredState.Replay(Context.Epoch, headBlock.Ref, ConsensusJournal.Replay(log), ConsensusJournal.ReadMemory(watermark));
        journal.Restore(recovered);
        _quiet = recovered.Forgotten > View.Zero;
        if (_quiet)
        {
            logger.Quiet(recovered.Forgotten.Value);
        }

        if (VoteRecorder.FromEnvironment(time) is { } asked)
        {
            _recorder = Own(asked);
        }

        Network = new Libp2pHost(new Libp2pHostOptions
        {
            Identity = Key,
            ListenAddresses = [.. config.P2PListen.Select(text => NetworkFoundation.Address("p2p.listen", text))],
            BootstrapPeers = [.. config.P2PPeers.Select(text => NetworkFoundation.Address("p2p.peers", text)), .. foundation.MemberAddresses(Key.PublicKey)],
            ProtectedPeers = [.. Context.Committee.Members.Select(PeerId.FromNodeId)],
            Limits = PeerLimits.Of(config),
            Discovery = PeerLimits.DiscoveryOf(config),
            AllowPrivateAddresses = config.DialPrivateAddresses,
            Log = (_, text) => logger.Network(text),
        });
        Own(Network);
        Network.PeerConnected += peer => logger.PeerConnected(peer.Id.ToString());
        Network.PeerDisconnected += peer => logger.PeerGone(peer.ToString());
        var gossip = new PubsubSettings();
        Pubsub = Own(new PubsubRouter(Network, gossip));
        Network.JudgePeersBy(Pubsub.Score, gossip.Score.GraylistThreshold);

        Latency = new LatencyHistogram();
        Waiting = new WaitingEntries(time, Latency);
        Observer = new ConsensusObserver { IsQuiet = _quiet };
        Views = new ViewJournal(Store, time);
        Views.GivenUp += OnGivenUp;
        _evidence = new EvidencePool(Context, Store, verifier);
        foreach (UnreadableEvidence unreadable in _evidence.Unreadable)
        {
            logger.EvidenceUnreadable(NameOf(unreadable.Member), unreadable.Key, Store.Path, unreadable.Why);
        }

        Events = new EventHub();
        NetworkParameters parameters = head.State.Parameters;
        Committer = Own(new ChainCommitter(Store, Waiting, head, config.SyncCommits, _onFault));
        var pace = new BlockPace(TimeSpan.FromMilliseconds(parameters.BlockIntervalMs), TimeSpan.FromMilliseconds(parameters.IdleIntervalMs));
        _chain = Own(new ChainActor(Context, Store, _inputs, new BlockBuilder(Context, Key, self, pace, time), Committer, headBlock, time, _onFault));
        VerificationPool pool = Own(new VerificationPool(verdicts, new VerificationPoolOptions { Workers = config.VerifyThreads }));
        _intake = new BatchIntake(Context, _chain, Store, pool, _onFault);
        ITopic batches = Pubsub.Subscribe(Topic("batches"), (source, data, _) => ValueTask.FromResult(TakeGossip(source, data)));
        ulong firstSequence = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        BatchPacker packer = Own(new BatchPacker(Key, Genesis.NetworkId, Genesis.ClusterId, firstSequence, BatchDelay, batch =>
        {
            _intake.Take(batch);
            batches.Publish(batch.Encoded.Span);
        }, _onFault));
        // A pool of its own, so that a flood of requests never stands before the batches that a vote waits for.
        VerificationPool ingress = Own(new VerificationPool(verdicts, new VerificationPoolOptions { Workers = config.VerifyThreads, MaximumPendingBatches = 4096 }));
        logger.Verifying(verdicts.Description);
        Ingress = Own(new EntryIngress(Context, ingress, Store, Waiting, packer, () => Committer.Head, time));
        _signer = new NodeEntrySigner(Key, Genesis.NetworkName);

        ConsensusTransport = new ConsensusNetwork(Network, verifier, self, Observer, _inputs, _recorder);
        var options = new SimplexOptions
        {
            NetworkDelay = (int)parameters.NetworkDelayMs,
            IdleInterval = (int)parameters.IdleIntervalMs,
            RetryInterval = (int)Math.Max(200, 2 * parameters.NetworkDelayMs),
        };
        _loop = Own(new ConsensusLoop(
            new SimplexCore(options, Context.Committee, Context.Leaders, self, recovered), new VoteGuard(recovered), verifier, Key, self, journal, _inputs, ConsensusTransport, _chain, Observer, Views, time, () => Committer.Head.Header?.View ?? View.Zero, _onFault));
        _ = new ChainServer(Network, Store);
        _snapshots = new SnapshotServer(Network, Store);
        _sources = new SyncSources(Network, Context, (member, reason) => logger.SourceDemoted(member.ToString(), reason));
        _ranges = new RangeSync(Network, _sources, new RangeVerifier(Context, verifier), _chain, _onFault, _stopping.Token);
        _fetcher = new ChainFetcher(Network, _sources, _ranges, _chain, _intake, _stopping.Token);

        _keygen = Own(new KeyGeneration(Context, self, Key, _signer, Secp256k1Group.Shared, _onFault));
        _signing = Own(new CheckpointSigning(Network, Pubsub, Context, self, Store, () => Committer.Head, Secp256k1Group.Shared, CheckpointSignatureVerifier.Shared, time, _onFault));
        _checkpoints = new CheckpointSync(Network, Context, _sources, Store, _signing, _onFault, _stopping.Token);
        _ranges.Started += from => _checkpoints.Missed(new Height(from.Value - 1));
        _ranges.Finished += OnCaughtUp;
        _ranges.Lacking += OnLacking;
        _keygen.ShareReady += share =>
        {
            logger.ShareReady(share.PublicKey.GroupKey.ToString());
            _signing.UseShare(share);
        };
        Anchors = Own(new AnchorService(config, Genesis, self, time, logger, Events));
        _signing.Signed += OnCheckpoint;
        ITopic blocks = Pubsub.Subscribe(Topic("blocks"), (_, data, _) => ValueTask.FromResult(BlockAnnouncement.Judge(data.Span, verifier)));
        Committer.Committed += block => OnCommitted(block, blocks);
        Committer.EvidenceFound += OnEvidence;
        Committer.ViewNoted += Views.Note;
        Own(new DiskWatch(config.DataDirectory, config.ReserveBytes, () => DiskSpace.FreeBytes(config.DataDirectory), time, _onFault));
        StartedAt = time.GetUtcNow();
        Gateway = new NodeGateway(this);
    }

    public NodeConfig Config { get; }

    public GenesisDocument Genesis { get; }

    public Ed25519PrivateKey Key { get; }

    public NodeIndex Self { get; }

    public DateTimeOffset StartedAt { get; }

    /// <summary>What the HTTP interface sees.</summary>
    public INodeGateway Gateway { get; }

    internal ChainContext Context { get; }

    internal NodeStore Store { get; }

    internal Libp2pHost Network { get; }

    internal PubsubRouter Pubsub { get; }

    /// <summary>What strangers sent to the HTTP port and was no request; counted by <see cref="WebHost"/>.</summary>
    internal RefusalCounters HttpRefusals { get; } = new();

    internal LatencyHistogram Latency { get; }

    /// <summary>From a block's timestamp to its being final here.</summary>
    internal LatencyHistogram Finality => _chain.Finality;

    internal WaitingEntries Waiting { get; }

    internal ConsensusObserver Observer { get; }

    internal ViewJournal Views { get; }

    internal EvidencePool Evidence => _evidence;

    internal EventHub Events { get; }

    internal ChainCommitter Committer { get; }

    internal EntryIngress Ingress { get; }

    internal BatchIntake Intake => _intake;

    internal ConsensusNetwork ConsensusTransport { get; }

    internal AnchorService Anchors { get; }

    internal CheckpointSigning Signing => _signing;

    internal string KeyGenerationState => _keygen.State;

    internal bool IsCatchingUp => _ranges.IsRunning;

    internal SyncSources Sources => _sources;

    /// <summary>Why this node takes and votes for nothing until it is started over, in a sentence; null while all is well.</summary>
    internal string? SuspendedReason => _suspendedReason;

    /// <summary>The node key's place in a data folder.</summary>
    public static string KeyPath(NodeConfig config) => Path.Combine(config.DataDirectory, "node.key");

    /// <summary>The consensus log's place in a data folder.</summary>
    public static string WalFolder(NodeConfig config) => Path.Combine(config.DataDirectory, "wal");

    /// <summary>The database's place in a data folder.</summary>
    public static string StoreFolder(NodeConfig config) => Path.Combine(config.DataDirectory, "store");

    /// <summary>The signer watermark's place in a data folder.</summary>
    public static string WatermarkPath(NodeConfig config) => Path.Combine(config.DataDirectory, "signer-watermark");

    /// <summary>Opens a node and starts it.</summary>
    /// <param name="config">Validated settings.</param>
    /// <param name="logger">Takes the daemon's log.</param>
    /// <param name="onFault">Called once when the node can no longer vouch for itself: the process should end.</param>
    /// <param name="stopping">Gives up a start that fetches a snapshot first.</param>
    public static async Task<NodeHost> StartAsync(NodeConfig config, ILogger logger, Action<Exception> onFault, CancellationToken stopping = default)
    {
        await SnapshotStart.RunAsync(config, StoreFolder(config), logger, stopping);

        // Kept apart from the host, so that what was opened is also closed when the host cannot be completed.
        var closing = new Stack<Func<ValueTask>>();
        try
        {
            var host = new NodeHost(config, logger, onFault, closing);
            await host.StartAsync();
            return host;
        }
        catch (Exception cause)
        {
            if (await CloseAsync(closing) is { Count: > 0 } faults)
            {
                throw new AggregateException([cause, .. faults]);
            }

            throw;
        }
    }

    /// <summary>
    /// A part can no longer vouch for itself. After a full disk the node stands still but goes on answering, so that it can say why; the caller starts it
    /// over when there is room. After anything else the process ends.
    /// </summary>
    internal void OnFault(Exception fault)
    {
        if (DiskSpace.IsFull(fault))
        {
            // First the consensus thread: it votes no more after the turn it is in, whose records are on the disk already or will not get there.
            _inputs.Close();
            if (Interlocked.CompareExchange(ref _suspendedReason, $"The disk is full: {fault.Message}", null) is not null)
            {
                return;
            }

            _logger.DiskFull(fault.Message);
        }
        else if (Terminal.IsOperatorFault(fault))
        {
            _logger.StoppedForOperator(fault.Message);
        }
        else
        {
            _logger.Faulted(fault);
        }

        _tellFault(fault);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        List<Exception> faults = await CloseAsync(_closing);
        _stopping.Dispose();
        if (faults.Count > 0)
        {
            throw new AggregateException(faults);
        }

        _logger.Stopped(Committer.Head.Height.Value);
    }

    /// <summary>Closes in reverse order; a part that fails does not keep the others, above all store and lock, from being closed.</summary>
    private static async Task<List<Exception>> CloseAsync(Stack<Func<ValueTask>> closing)
    {
        List<Exception> faults = [];
        while (closing.TryPop(out Func<ValueTask>? close))
        {
            try
            {
                await close();
            }
            catch (Exception fault)
            {
                faults.Add(fault);
            }
        }

        return faults;
    }

    private async Task StartAsync()
    {
        var housekeeping = new ChainHousekeeping(Store, Context, Config.PruneBudgetBytes, () => _snapshots.Newest, (first, bytes) => _logger.Pruned(first.Value, bytes >> 20), _onFault);
        _chain.Start(_fetcher, bytes => _intake.Take(bytes), housekeeping);
        await Network.StartAsync();
        Pubsub.Start();
        Anchors.Start();
        if (_signing.Newest is { } newest)
        {
            Anchors.Offer(newest);
        }

        int waiting = Ingress.Recover();
        TellConvictions(Committer.Head);
        ReportEvidence(Committer.Head);
        _loop.Start();
        _keygen.Look(Committer.Head, TimeOf, Ingress);
        _logger.Started(Key.PublicKey.ToString(), Genesis.NetworkName, Committer.Head.Height.Value, waiting);
    }

    private MessageValidity TakeGossip(PeerId source, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return _suspendedReason is null ? _intake.Gossiped(source, bytes) : MessageValidity.Ignore;
        }
        catch (Native.RocksDb.RocksDbException fault)
        {
            // Our disk's fault, not the peer's.
            OnFault(fault);
            return MessageValidity.Ignore;
        }
    }

    private void OnCommitted(FinalizedBlock block, ITopic blocks)
    {
        if (_quiet && !Observer.IsQuiet)
        {
            _quiet = false;
            _logger.VotingAgain();
        }

        FinalizedHead head = block.Head;
        ExecutedBlock executed = block.Block.Executed!;
        Events.BlockFinal(head.Height);
        Events.Publish(new BlockFinalizedEvent(
            head.Height.Value, head.Hash.ToString(), block.Block.Ref.View.Value, executed.Entries.Count, head.Header!.ReceiptCount, executed.Result!.ProofsCounted,
            Context.Committee[head.Header.Proposer].ToString(), head.Timestamp.Milliseconds, head.State.Root.ToString()));
        if (executed.Entries.Count > 0)
        {
            _logger.BlockFinal(head.Height.Value, executed.Entries.Count, head.Header.ReceiptCount, block.Block.Ref.View.Value, head.State.Root.ToShortString());
        }
        else
        {
            _logger.EmptyBlockFinal(head.Height.Value, block.Block.Ref.View.Value);
        }

        // One announcement a block is enough: certificates differ in their signers, so four members would gossip four messages.
        if (block is { Live: true, Finalization: { } finalization } && head.Header.Proposer == Self)
        {
            blocks.Publish(BlockAnnouncement.Encode(head.Header, finalization));
        }

        if (head.State.Counters.Offences != block.Before.State.Counters.Offences)
        {
            LogConvictions(head);
        }

        TellConvictions(head);
        _snapshots.Follow(block);
        _signing.Follow(block);
        if (block.Live || !IsCatchingUp)
        {
            // Once, at the end, is enough for a node that catches up.
            _keygen.Look(head, TimeOf, Ingress);
            _checkpoints.Fill();
            ReportEvidence(head);
        }
    }

    private void OnLacking(Height next, Height kept)
    {
        SnapshotBootstrap.Want(Store);
        _logger.Lacking(next.Value, kept.Value);
    }

    private void OnCaughtUp(Height height)
    {
        _logger.CaughtUp(height.Value);
        _checkpoints.Fill();
        _keygen.Look(Committer.Head, TimeOf, Ingress);
    }

    private void OnCheckpoint(Aeamc.P2P.Consensus.Proofs.SignedCheckpoint signed)
    {
        string signature = Convert.ToHexStringLower(signed.Signature);
        _logger.CheckpointSigned(signed.Checkpoint.Height.Value, signature[..16]);
        Events.Publish(new CheckpointSignedEvent(signed.Checkpoint.Height.Value, signed.Checkpoint.BlockHash.ToString(), signature));
        Anchors.Offer(signed);
    }

    private void OnEvidence(Aeamc.P2P.Consensus.Evidence.EquivocationEvidence evidence)
    {
        if (_evidence.Add(evidence, Committer.Head.State))
        {
            _logger.Equivocation(NameOf(evidence.Offender), evidence.View.Value, LedgerEvidenceVerifier.KindOf(evidence.Kind).Name());
            _ = PostAsync(new EvidenceReport(evidence.Encode()));
        }
    }

    /// <summary>What was refused for want of room, or found in the store at start, is reported again at every block until one records it.</summary>
    private void ReportEvidence(FinalizedHead head)
    {
        if (_evidence.Count == 0 && _evidence.Unreadable.Count == 0)
        {
            return;
        }

        foreach (Aeamc.P2P.Consensus.Evidence.EquivocationEvidence evidence in _evidence.Settle(head.State, head.Header?.View ?? View.Zero))
        {
            _ = PostAsync(new EvidenceReport(evidence.Encode()));
        }
    }

    /// <summary>The core gives the views of convicted members up at once.</summary>
    private void TellConvictions(FinalizedHead head)
    {
        if (head.State.Counters.Offences != _offencesTold)
        {
            _offencesTold = head.State.Counters.Offences;
            _inputs.Answer(new Input.MembersConvicted(head.State.Convicted()));
        }
    }

    private void LogConvictions(FinalizedHead head)
    {
        foreach (NodeIndex member in head.State.Convicted())
        {
            if (head.State.Misconduct(Context.Committee[member]) is { } record && record.Height == head.Height)
            {
                _logger.Convicted(NameOf(member), record.Height.Value, record.Epoch.Value, record.Evidence.ToString());
            }
        }
    }

    private void OnGivenUp(ViewRecord record)
    {
        string detail = ViewDetail.Sentence(record.Detail);
        _logger.ViewGivenUp(
            record.View.Value, NameOf(Context.Leaders.LeaderOf(record.View)), ConsensusObserver.Name(record.Reason!.Value), detail.Length == 0 ? "" : $" ({detail})");
    }

    /// <summary>A member as the operators call it, else the beginning of its key.</summary>
    private string NameOf(NodeIndex member) =>
        Genesis.Committee[member.Value].Label is { Length: > 0 } label ? label : Context.Committee[member].ToShortString();

    private async Task PostAsync(EntryPayload payload)
    {
        try
        {
            Submission submission = await Ingress.SubmitAsync(_signer.Sign(payload), _stopping.Token);
            if (submission.Status is SubmissionStatus.Refused or SubmissionStatus.Busy)
            {
                _logger.NotPosted(payload.Kind.Name(), submission.Code.ToString());
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
        catch (Exception fault) when (!_stopping.IsCancellationRequested)
        {
            OnFault(fault);
        }
        catch (Exception)
        {
            // Stopping: what it needs is closed already. Evidence is on disk and is reported by the next run.
        }
    }

    private Timestamp TimeOf(Height height) =>
        Store.GetHeader(height) is { } bytes && Aeamc.P2P.Consensus.Microblocks.MicroblockHeader.TryDecode(bytes, out Aeamc.P2P.Consensus.Microblocks.MicroblockHeader? header)
            ? header.Timestamp
            : Genesis.Start;

    private string Topic(string name) => $"/aeamc/{Genesis.NetworkName}/{Genesis.ClusterId}/{name}";

    private T Own<T>(T part)
        where T : notnull
    {
        _closing.Push(part switch
        {
            IAsyncDisposable later => later.DisposeAsync,
            IDisposable now => () =>
            {
                now.Dispose();
                return ValueTask.CompletedTask;
            }
            ,
            _ => throw Invariant.Fail($"{typeof(T).Name} cannot be closed"),
        });
        return part;
    }
}
