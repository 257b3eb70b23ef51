using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Node.Metrics;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Chain;

/// <summary>
/// Everything between "a header was proposed" and "the block is on disk": holds the batches and the unfinalized blocks, checks, executes and
/// commits them, and answers the consensus loop. One thread owns it all. What cannot be answered yet waits in a list and is tried again
/// whenever something it may wait for has come.
/// </summary>
public sealed class ChainActor : IConsensusApplication, IDisposable
{
    /// <summary>Finalizations held while their blocks are missing; older ones are made up for by a range.</summary>
    private const int MaximumFinals = 256;

    /// <summary>Final blocks that may be missing while single ones are still asked for by hash.</summary>
    private const ulong RecalledBehind = 16;

    /// <summary>Batches whose last asking is remembered.</summary>
    private const int MaximumWanted = 4 * BlockPayload.MaxBatches;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);

    private readonly ChainContext _context;
    private readonly NodeStore _store;
    private readonly InputQueue _inputs;
    private readonly BlockBuilder _builder;
    private readonly ChainCommitter _committer;
    private readonly BatchPool _pool = new();
    private readonly BlockTree _tree;
    private readonly SerialExecutor _executor;
    private readonly TimeProvider _time;
    private readonly Dictionary<Hash256, PendingProposal> _proposals = [];
    private readonly Dictionary<Hash256, Certificate> _certifying = [];
    private readonly List<PendingFinal> _finals = [];
    private readonly Dictionary<Hash256, long> _wanted = [];
    private readonly Dictionary<Hash256, BlockRef> _recalled = [];
    private IChainFetcher? _fetcher;
    private Func<ReadOnlyMemory<byte>, bool>? _restoreBatch;
    private ChainHousekeeping? _housekeeping;
    private bool _isFarBehind;
    private bool _workWaiting;
    private bool _tryAgain;

    public ChainActor(
        ChainContext context, NodeStore store, InputQueue inputs, BlockBuilder builder, ChainCommitter committer, ChainBlock head, TimeProvider time, Action<Exception> onFault)
    {
        _context = context;
        _store = store;
        _inputs = inputs;
        _builder = builder;
        _committer = committer;
        _time = time;
        _tree = new BlockTree(head);
        _executor = new SerialExecutor("chain", TryAll, onFault);
    }

    /// <summary>From a block's timestamp, by its proposer's clock, to its being final and executed here; of blocks that came the live way.</summary>
    public LatencyHistogram Finality { get; } = new();

    /// <summary>Starts the thread.</summary>
    /// <param name="fetcher">Where to ask for what is missing.</param>
    /// <param name="restoreBatch">Puts a batch found in the store through the same intake as one from a peer.</param>
    /// <param name="housekeeping">Drops what need not be kept; null keeps everything.</param>
    public void Start(IChainFetcher fetcher, Func<ReadOnlyMemory<byte>, bool> restoreBatch, ChainHousekeeping? housekeeping = null)
    {
        _fetcher = fetcher;
        _housekeeping = housekeeping;
        _restoreBatch = restoreBatch;
        _executor.Start();
    }

    public void Dispose() => _executor.Dispose();

    /// <summary>A batch arrived and is stored.</summary>
    public void BatchArrived(PooledBatch batch) => Do(() =>
    {
        _wanted.Remove(batch.Batch.Hash);
        _pool.TryAdd(batch);
    });

    /// <summary>A batch's signatures have been checked.</summary>
    public void BatchVerified(Hash256 hash, bool valid) => Do(() =>
    {
        if (_pool.TryGet(hash, out PooledBatch? batch))
        {
            batch!.Verdict = valid ? BatchVerdict.Valid : BatchVerdict.Invalid;
        }
    });

    /// <summary>A block that was asked for by hash.</summary>
    public void BlockFetched(BlockContent content) => Do(() =>
    {
        if (_recalled.Remove(content.Hash, out BlockRef reference))
        {
            // The core may build on it after a restart, when nobody else asks for it any more.
            _store.PutBatch(new StoredBatch(content.Hash, content.Encoded));
            Remember(reference, content);
        }
    });

    /// <summary>Finalized blocks in order, checked by the fetcher to be linked and finalized by a quorum.</summary>
    /// <returns>Completes when they are committed, with the height of the head.</returns>
    public Task<Height> RangeFetchedAsync(IReadOnlyList<SyncedBlock> blocks) => _executor.AskAsync(() =>
    {
        foreach (SyncedBlock synced in blocks)
        {
            // Others may have come meanwhile by the live way; a gap is asked for again.
            if (synced.Content.Header.Height == _tree.Head.Ref.Height.Next)
            {
                CommitSynced(synced);
            }
        }

        return _tree.Head.Ref.Height;
    });

    /// <summary>Completes, with the number of finalizations that wait for their blocks and the height written, when all that was posted before is settled.</summary>
    internal async Task<(int Finals, Height Written)> SettledAsync()
    {
        // A first question may stand in the middle of what is run before settling; the second one comes after.
        await _executor.AskAsync(static () => true);
        return await _executor.AskAsync(() => (_finals.Count, _tree.Head.Ref.Height));
    }

    /// <summary>Tries again what waits.</summary>
    public void Nudge() => Do(static () => { });

    bool IConsensusApplication.HasUnsyncedContents => _store.HasUnsynced;

    void IConsensusApplication.SyncContents() => _store.Sync();

    void IConsensusApplication.BuildProposal(View view, BlockRef parent) => Do(() => _builder.Ask(view, parent));

    void IConsensusApplication.VerifyProposal(Proposal proposal, BlockRef parent) => Do(() =>
    {
        // The verifier has matched the content to the block already (IProposalContent).
        Invariant.Check(BlockContent.TryDecode(proposal.Content.Span, out BlockContent? content));
        _store.PutBatch(new StoredBatch(content.Hash, content.Encoded));
        Remember(proposal.Block, content);
        _proposals[content.Hash] = new PendingProposal(proposal.Block, parent, content, _context.Committee[proposal.Leader]);
    });

    void IConsensusApplication.Certify(Certificate notarization) => Do(() => _certifying[notarization.Block.Hash] = notarization);

    void IConsensusApplication.AbandonCertify(View through) => Do(() =>
    {
        foreach (Certificate certificate in _certifying.Values.Where(certificate => certificate.View <= through).ToList())
        {
            _certifying.Remove(certificate.Block.Hash);
        }
    });

    void IConsensusApplication.Finalized(Certificate finalization, IReadOnlyList<BlockRef> blocks) =>
        Do(() =>
        {
            _finals.Add(new PendingFinal(finalization, blocks));
            if (_finals.Count > MaximumFinals)
            {
                _finals.RemoveAt(0);
            }
        });

    void IConsensusApplication.EnteredView(View view, NodeIndex leader) => Do(() =>
    {
        _builder.Withdraw(view);
        foreach (PendingProposal proposal in _proposals.Values.Where(proposal => proposal.Block.View < view).ToList())
        {
            _proposals.Remove(proposal.Block.Hash);
        }
    });

    void IConsensusApplication.ReportEvidence(EquivocationEvidence evidence) => _committer.ReportEvidence(evidence);

    private void Do(Action change) => _executor.Post(change);

    /// <summary>Tries everything that waits until nothing moves any more.</summary>
    private void TryAll()
    {
        do
        {
            _tryAgain = false;
            TryFinals();
            TryCertify();
            TryProposals();
        }
        while (_tryAgain);
        TryBuild();
        TellWorkWaiting();
        if (_finals.Count + _certifying.Count + _proposals.Count > 0)
        {
            // Something is missing: a peer that was asked may not answer, so ask again.
            _executor.AlarmIn(RetryInterval);
        }
    }

    private void TryProposals()
    {
        foreach (PendingProposal pending in _proposals.Values.ToList())
        {
            if (Reach(pending.Parent, [pending.Leader]) is not { } parent)
            {
                _committer.NoteView(pending.Block.View, ViewDetail.ParentMissing);
                continue;
            }

            HeaderFault fault = CheckProposal(pending, parent);
            bool available = fault != HeaderFault.None || TryResolve(pending.Content, [pending.Leader], out _);
            _committer.NoteView(pending.Block.View, available ? ViewDetail.Of(fault) : ViewDetail.BatchesMissing);
            if (available)
            {
                _proposals.Remove(pending.Block.Hash);
                _committer.CountProposal(fault);
                _inputs.Answer(new Input.ProposalVerified(pending.Block.View, pending.Block.Hash, fault == HeaderFault.None));
                if (fault == HeaderFault.None && _tree.TryGet(pending.Block.Hash, out ChainBlock? block))
                {
                    // The proof of the beacon, like the signatures of the entries, is only for certifying to wait for: it is checked while the votes are under way.
                    CheckHeader(block!, parent);
                }
            }
        }
    }

    private HeaderFault CheckProposal(PendingProposal pending, ChainBlock parent)
    {
        MicroblockHeader header = pending.Content.Header;
        if (header.Timestamp > new Timestamp((ulong)_time.GetUtcNow().ToUnixTimeMilliseconds()).Plus(ChainContext.MaximumDriftMilliseconds))
        {
            return HeaderFault.TimestampAhead;
        }

        HashSet<Hash256> held = _tree.BatchesUpTo(parent);
        return pending.Content.Payload.BatchHashes.Any(held.Contains) ? HeaderFault.RepeatedBatch : BlockRules.CheckWithoutBeacon(_context, header, parent);
    }

    private HeaderFault CheckHeader(ChainBlock block, ChainBlock parent) => block.HeaderCheck ??= BlockRules.Check(_context, block.Content!.Header, parent);

    private void TryCertify()
    {
        foreach (Certificate certificate in _certifying.Values.ToList())
        {
            NodeId[] signers = SignersOf(certificate);
            if (!_tree.TryGet(certificate.Block.Hash, out ChainBlock? block))
            {
                if (certificate.Block.Height > _tree.Head.Ref.Height)
                {
                    Recall(certificate.Block, signers);
                }

                continue;
            }

            if (TryExecute(block!, signers, trusted: false) is { } valid)
            {
                _certifying.Remove(certificate.Block.Hash);
                _inputs.Answer(new Input.CertifyDecided(certificate.View, certificate.Block.Hash, valid));
                _tryAgain = true;
            }
        }
    }

    private void TryFinals()
    {
        _isFarBehind = false;
        while (_finals.Count > 0)
        {
            PendingFinal final = _finals[0];
            NodeId[] signers = SignersOf(final.Finalization);
            foreach (BlockRef reference in final.Blocks)
            {
                if (reference.Height <= _tree.Head.Ref.Height)
                {
                    continue;
                }

                if (reference.ParentHash != _tree.Head.Ref.Hash)
                {
                    _isFarBehind = reference.Height.Value > _tree.Head.Ref.Height.Value + RecalledBehind;
                    _fetcher!.FetchRange(_tree.Head.Ref.Height.Next, NewestFinal(), signers);
                    return;
                }

                if (!_tree.TryGet(reference.Hash, out ChainBlock? block))
                {
                    Recall(reference, signers);
                    return;
                }

                if (TryExecute(block!, signers, trusted: true) is null)
                {
                    return;
                }

                Finality.Record(TimeSpan.FromMilliseconds((_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMilliseconds - block!.Timestamp.Milliseconds));
                Commit(block!, reference.Hash == final.Finalization.Block.Hash ? final.Finalization : null, live: true);
            }

            _finals.RemoveAt(0);
        }
    }

    /// <summary>The highest block known to be final.</summary>
    private Height NewestFinal() => _finals.Max(final => final.Finalization.Block.Height);

    /// <summary>Executes a block if that is possible now: true when it is executed, false when it is invalid for ever, null when something is missing.</summary>
    private bool? TryExecute(ChainBlock block, NodeId[] likely, bool trusted)
    {
        if (block.Executed is not null)
        {
            return true;
        }

        if (ReachParent(block, likely, trusted) is not { } parent)
        {
            _committer.NoteView(block.Ref.View, ViewDetail.ParentMissing);
            return null;
        }

        if (!TryResolve(block.Content!, likely, out List<PooledBatch> batches))
        {
            _committer.NoteView(block.Ref.View, ViewDetail.BatchesMissing);
            return null;
        }

        if (!trusted && batches.Any(batch => batch.Verdict == BatchVerdict.Pending))
        {
            bool invalid = batches.Any(batch => batch.Verdict == BatchVerdict.Invalid);
            _committer.NoteView(block.Ref.View, invalid ? ViewDetail.BatchInvalid : ViewDetail.SignaturesUnchecked);
            return invalid ? false : null;
        }

        var entries = new List<BlockEntry>();
        long bytes = 0;
        foreach (PooledBatch batch in batches)
        {
            entries.AddRange(batch.Entries);
            bytes += batch.Batch.Encoded.Length;
        }

        MicroblockHeader header = block.Content!.Header;
        string fault = batches.Any(batch => batch.Verdict == BatchVerdict.Invalid) ? ViewDetail.BatchInvalid
            : entries.Count > ChainContext.MaximumEntries || bytes > ChainContext.MaximumBatchBytes ? ViewDetail.BlockTooLarge
            : CheckHeader(block, parent) is var wrong and not HeaderFault.None ? ViewDetail.Of(wrong)
            : ViewDetail.Of(BlockRules.CheckEntries(header, entries));
        _committer.NoteView(block.Ref.View, fault);
        if (fault != ViewDetail.None)
        {
            return trusted ? throw Invariant.Fail($"block {block.Ref}, which a quorum finalized, is not valid here: {fault}; its parent here is {parent.Ref}") : false;
        }

        block.Executed = BlockRules.Execute(_context, header, block.Ref.Hash, parent.Executed!, entries);
        _tryAgain = true;
        return true;
    }

    /// <summary>
    /// The executed block that the core wants to go on from, or null while something is missing. It need not be in the tree: after a restart the
    /// core knows blocks as certified that only the store remembers.
    /// </summary>
    private ChainBlock? Reach(BlockRef reference, NodeId[] likely)
    {
        if (!_tree.TryGet(reference.Hash, out ChainBlock? block) && reference.Height > _tree.Head.Ref.Height)
        {
            Recall(reference, likely);
            _tree.TryGet(reference.Hash, out block);
        }

        return block is not null && TryExecute(block, likely, trusted: false) == true ? block : null;
    }

    private ChainBlock? ReachParent(ChainBlock block, NodeId[] likely, bool trusted)
    {
        if (!_tree.TryGet(block.Ref.ParentHash, out ChainBlock? parent))
        {
            ulong height = block.Ref.Height.Value - 1;
            if (height > _tree.Head.Ref.Height.Value)
            {
                // What the parent's own parent is, its header will say.
                Recall(new BlockRef(block.Ref.ParentHash, new Height(height), block.Ref.ParentView, Hash256.Zero, View.Zero), likely);
                _tree.TryGet(block.Ref.ParentHash, out parent);
            }
        }

        return parent is not null && TryExecute(parent, likely, trusted) == true ? parent : null;
    }

    private void CommitSynced(SyncedBlock synced)
    {
        ChainBlock parent = _tree.Head;
        HeaderFault fault = BlockRules.CheckWithoutBeacon(_context, synced.Content.Header, parent);
        if (fault == HeaderFault.None)
        {
            fault = BlockRules.CheckEntries(synced.Content.Header, synced.Entries);
        }

        // A quorum finalized this block: if it is wrong by our rules, this node must not go on as if it knew better.
        if (fault != HeaderFault.None)
        {
            throw Invariant.Fail($"finalized block {synced.Content.Header.Height} does not fit our chain: {fault}");
        }

        var reference = new BlockRef(synced.Content.Hash, synced.Content.Header.Height, synced.Content.Header.View, parent.Ref.Hash, parent.Ref.View);
        ChainBlock block = _tree.TryGet(reference.Hash, out ChainBlock? known)
            ? known!
            : _tree.Add(new ChainBlock(reference, synced.Content) { Timestamp = synced.Content.Header.Timestamp, BeaconHash = BlockRules.BeaconHashOf(synced.Content.Header) }) ?? throw Invariant.Fail("the block tree is full");
        block.Executed ??= BlockRules.Execute(_context, synced.Content.Header, reference.Hash, parent.Executed!, synced.Entries);
        foreach (Batch batch in synced.Batches)
        {
            _store.PutBatch(new StoredBatch(batch.Hash, batch.Encoded));
        }

        Commit(block, synced.Finalization, live: false);
    }

    private void Commit(ChainBlock block, Certificate? finalization, bool live)
    {
        ChainBlock before = _tree.Head;
        _committer.Commit(before, block, finalization, live);
        _tree.Commit(block);
        foreach (Hash256 hash in block.Content!.Payload.BatchHashes)
        {
            _pool.Remove(hash);
            _wanted.Remove(hash);
        }

        foreach (BlockRef passed in _recalled.Values.Where(recalled => recalled.Height <= block.Ref.Height).ToList())
        {
            _recalled.Remove(passed.Hash);
        }

        _proposals.Remove(block.Ref.Hash);
        _housekeeping?.AfterCommit(block, hash => _pool.TryGet(hash, out _));
        _tryAgain = true;
    }

    private void TryBuild()
    {
        if (_builder.Asked is not { } asked)
        {
            return;
        }

        if (Reach(asked.Parent, []) is { } parent)
        {
            if (_builder.TryBuild(parent, _pool, _tree.BatchesUpTo(parent), out TimeSpan wait) is { } content)
            {
                var reference = asked.Parent.Child(content.Hash, asked.View);
                Remember(reference, content);
                if (_tree.TryGet(content.Hash, out ChainBlock? own))
                {
                    // Built by the same rules a moment ago.
                    own!.HeaderCheck = HeaderFault.None;
                }

                _store.PutBatch(new StoredBatch(content.Hash, content.Encoded));
                _inputs.Answer(new Input.ProposalBuilt(reference, content.Encoded));
            }
            else
            {
                _executor.AlarmIn(wait);
            }
        }
        else
        {
            _executor.AlarmIn(RetryInterval);
        }
    }

    /// <summary>Tells the core when entries begin or cease to wait that no known block holds.</summary>
    private void TellWorkWaiting()
    {
        bool waiting = false;
        if (_pool.Count > 0)
        {
            var held = new HashSet<Hash256>();
            foreach (ChainBlock block in _tree.Blocks)
            {
                if (block.Content is { } content && block != _tree.Head)
                {
                    held.UnionWith(content.Payload.BatchHashes);
                }
            }

            waiting = _pool.InOrder.Any(batch => batch.Verdict == BatchVerdict.Valid && !held.Contains(batch.Batch.Hash));
        }

        if (waiting != _workWaiting)
        {
            _workWaiting = waiting;
            _inputs.Answer(new Input.WorkWaiting(waiting));
        }
    }

    /// <summary>The block's batches, when all are here. What is missing is looked for in the store and asked for, once per retry interval.</summary>
    private bool TryResolve(BlockContent content, IReadOnlyList<NodeId> likely, out List<PooledBatch> batches)
    {
        batches = [];
        bool complete = true;
        List<Hash256>? absent = null;
        foreach (Hash256 hash in content.Payload.BatchHashes)
        {
            if (_pool.TryGet(hash, out PooledBatch? batch))
            {
                batches.Add(batch!);
                continue;
            }

            complete = false;
            if (_wanted.TryGetValue(hash, out long asked) && _time.GetElapsedTime(asked) < RetryInterval)
            {
                continue;
            }

            if (_wanted.Count >= MaximumWanted)
            {
                // What was asked for in vain, as for a block that nobody finalized; at worst something is asked for twice.
                _wanted.Clear();
            }

            _wanted[hash] = _time.GetTimestamp();

            // A stored batch goes through the intake again and comes back as an arrival.
            if (_store.GetBatch(hash) is not { } stored || !_restoreBatch!(stored))
            {
                (absent ??= []).Add(hash);
            }
        }

        if (absent is not null)
        {
            _fetcher!.FetchBatches(absent, likely);
        }

        return complete;
    }

    /// <summary>
    /// Looks for a block's content in the store, else asks for it. Not while many final blocks are missing: nothing above them can be executed before a range
    /// has brought them, and asking for each parent's parent would walk back through all that it brings.
    /// </summary>
    private void Recall(BlockRef reference, NodeId[] likely)
    {
        if (_isFarBehind)
        {
            return;
        }

        if (_store.GetBatch(reference.Hash) is { } stored && BlockContent.TryDecode(stored, out BlockContent? content))
        {
            Remember(reference, content);
        }
        else
        {
            _recalled[reference.Hash] = reference;
            _fetcher!.FetchBlock(reference.Hash, likely);
        }
    }

    private void Remember(BlockRef reference, BlockContent content)
    {
        BlockRef known = reference with { ParentHash = content.Header.PreviousHash };
        var block = new ChainBlock(known, content) { Timestamp = content.Header.Timestamp, BeaconHash = BlockRules.BeaconHashOf(content.Header) };
        if (_tree.Add(block) == block)
        {
            _tryAgain = true;
        }
    }

    private NodeId[] SignersOf(Certificate certificate)
    {
        var signers = new List<NodeId>();
        for (int i = 0; i < _context.Committee.Count; i++)
        {
            var index = new NodeIndex((ushort)i);
            if (certificate.Signers.Contains(index))
            {
                signers.Add(_context.Committee[index]);
            }
        }

        return [.. signers];
    }

    private sealed record PendingProposal(BlockRef Block, BlockRef Parent, BlockContent Content, NodeId Leader);

    private sealed record PendingFinal(Certificate Finalization, IReadOnlyList<BlockRef> Blocks);
}
