using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;
using Aeamc.P2P.Simulator.Signing;
using Aeamc.P2P.Simulator.Sync;

namespace Aeamc.P2P.Simulator.Application;

/// <summary>The node's own blocks: header and batch hashes, judged by <see cref="BlockRules"/>, executed by the ledger. This part judges and commits; <c>.Building</c> builds; <c>.Peers</c> gives and takes.</summary>
public sealed partial class LedgerBlocks : NodeBlocks
{
    private readonly Simulation _simulation;
    private readonly LedgerNetwork _network;
    private readonly BatchShelf _shelf;
    private readonly EvidenceDesk _evidence;
    private readonly SyncServer _server;
    private readonly RangeFetch _ranges;
    private readonly SigningDesk _signing;

    /// <summary>The head and the blocks above it that were looked at.</summary>
    private readonly SortedDictionary<Hash256, ChainBlock> _known = [];
    private ChainBlock _head;

    public LedgerBlocks(Simulation simulation, LedgerNetwork network, SimulatedNode node)
        : base(node)
    {
        _simulation = simulation;
        _network = network;
        _head = network.GenesisBlock();
        _shelf = new BatchShelf(simulation, network, node, OnBatch);
        Desk = new EntryDesk(simulation, network, node, _shelf, () => _head);
        _evidence = new EvidenceDesk(simulation, network, node, Desk, () => _head);
        _server = new SyncServer(node.Disk);
        _ranges = new RangeFetch(simulation, network, node);
        _signing = new SigningDesk(simulation, network, node, () => HeadOf(_head));
        Load();
    }

    /// <summary>Where devices hand their entries in.</summary>
    public EntryDesk Desk { get; }

    /// <summary>Checkpoints here.</summary>
    public SigningDesk Signing => _signing;

    /// <summary>The last committed block, executed.</summary>
    public ChainBlock Head => _head;

    private ChainContext Context => _network.Context;

    public override void Start()
    {
        try
        {
            Load();
        }
        catch (InvariantException broken) when (_simulation.Options.IgnoresChecksums)
        {
            _simulation.Checks.OnHalt(Node, broken.Message);
            Node.Crash();
            return;
        }

        _shelf.Clear();
        Desk.Start();
        _evidence.Start();
        _signing.Start();
    }

    public override void Report(EquivocationEvidence evidence) => _evidence.Add(evidence);

    public override void Crash()
    {
        base.Crash();
        _shelf.Clear();
        Desk.Crash();
        _server.Crash();
        _ranges.Crash();
        _signing.Crash();
    }

    public override bool TryRead(ReadOnlySpan<byte> content, out BlockLink link)
    {
        bool read = BlockContent.TryDecode(content, out BlockContent? block);
        link = read ? new BlockLink(block!.Hash, block.Header.Height, block.Header.View, block.Header.PreviousHash) : default;
        return read;
    }

    public override void Verify(Proposal proposal, Action<bool> decided)
    {
        BlockRef reference = proposal.Block;
        UpdateWork();
        Await(() =>
        {
            if (Node.Core!.CurrentView > reference.View || Node.IsLax)
            {
                decided(Node.IsLax);
                return true;
            }

            if (Known(reference.Hash) is not { } block || Known(reference.ParentHash) is not { } parent || TryExecute(parent, trusted: false) != true)
            {
                return false;
            }

            MicroblockHeader header = block.Content!.Header;
            bool timely = header.Timestamp <= Node.ChainTime.Plus((ulong)_simulation.Options.ClockTolerance);
            HashSet<Hash256> held = BatchesUpTo(parent);
            bool good = timely && !block.Content.Payload.BatchHashes.Any(held.Contains) && BlockRules.CheckWithoutBeacon(Context, header, parent) == HeaderFault.None;
            if (good && !_shelf.TryResolve(block.Content.Payload, out _))
            {
                return false;
            }

            decided(good);
            return true;
        });
    }

    public override void Certify(Certificate notarization, Action<bool> decided)
    {
        BlockRef reference = notarization.Block;
        Await(() =>
        {
            if (Node.Core!.LastFinalized.View >= reference.View)
            {
                // Rule 6: nobody waits for it any more.
                return true;
            }

            if (Known(reference.Hash) is not { } block || (!Node.IsLax && TryExecute(block, trusted: false) is null))
            {
                return false;
            }

            decided(Node.IsLax || block.Executed is not null);
            return true;
        });
    }

    public override bool TryCommit(BlockRef block, Certificate? finalization)
    {
        if (Known(block.Hash) is not { } next || TryExecute(next, trusted: true) != true)
        {
            return false;
        }

        FinalizedHead before = HeadOf(_head);
        _head = next;
        Node.Disk.Commit(next);
        FinalizedHead after = HeadOf(next);
        _server.Follow(before, after, next.Content!.Payload, finalization);
        _signing.Follow(before, after);
        foreach (ChainBlock other in _known.Values.Where(other => other.Ref.Height < block.Height || (other.Ref.Height == block.Height && other != next)).ToList())
        {
            _known.Remove(other.Ref.Hash);
        }

        _shelf.Drop(next.Content!.Payload);
        Desk.Settle(next.Executed!.Result!);
        _evidence.Follow();
        UpdateWork();
        return true;
    }

    private static FinalizedHead HeadOf(ChainBlock block) =>
        new(block.Ref.Height, block.Ref.Hash, block.Timestamp, block.Content?.Header, block.Executed!.State, block.Executed.Mountains);

    /// <summary>What the disk holds: the head's state is rebuilt from its stored pairs.</summary>
    private void Load()
    {
        _known.Clear();
        _head = Node.Disk.LoadHead(_network);
        _known.Add(_head.Ref.Hash, _head);
    }

    private void OnBatch()
    {
        Retry();
        Node.Commit();
        UpdateWork();
    }

    /// <summary>The head or a block above it; asks for it when it is not here.</summary>
    private ChainBlock? Known(Hash256 hash)
    {
        if (_known.TryGetValue(hash, out ChainBlock? known))
        {
            return known;
        }

        if (!Node.Disk.Contents.TryGetValue(hash, out byte[]? bytes))
        {
            Node.Want(hash);
            return null;
        }

        Invariant.Check(BlockContent.TryDecode(bytes, out BlockContent? content));
        MicroblockHeader header = content.Header;
        if (header.Height <= _head.Ref.Height)
        {
            return null;
        }

        // The parent's view plays no part in executing.
        var block = new ChainBlock(new BlockRef(hash, header.Height, header.View, header.PreviousHash, View.Zero), content)
        {
            Timestamp = header.Timestamp,
            BeaconHash = BlockRules.BeaconHashOf(header),
        };
        _known.Add(hash, block);
        return block;
    }

    /// <summary>True when it is executed, false when it can never be, null while something is missing.</summary>
    private bool? TryExecute(ChainBlock block, bool trusted)
    {
        if (block.Executed is not null)
        {
            return true;
        }

        if (Known(block.Ref.ParentHash) is not { } parent)
        {
            return null;
        }

        if (TryExecute(parent, trusted) is not true and var below)
        {
            return below;
        }

        if (!_shelf.TryResolve(block.Content!.Payload, out List<ReadBatch> batches))
        {
            return null;
        }

        if (!trusted && !batches.TrueForAll(_shelf.IsChecked))
        {
            return null;
        }

        MicroblockHeader header = block.Content.Header;
        List<BlockEntry> entries = [.. batches.SelectMany(batch => batch.Entries)];
        HeaderFault fault = block.HeaderCheck ??= BlockRules.Check(Context, header, parent);
        fault = fault == HeaderFault.None ? BlockRules.CheckEntries(header, entries) : fault;
        if (fault != HeaderFault.None || !batches.TrueForAll(batch => batch.IsValid))
        {
            if (trusted)
            {
                _simulation.Checks.OnHalt(Node, $"block {block.Ref.Height}, which a quorum finalized, is not valid here: {fault}");
            }

            return false;
        }

        if (Node.HasBrokenLedger && entries.Count > 0)
        {
            entries.RemoveAt(entries.Count - 1);
        }

        block.Executed = BlockRules.Execute(Context, header, block.Ref.Hash, parent.Executed!, entries);
        return true;
    }

    private HashSet<Hash256> BatchesUpTo(ChainBlock tip)
    {
        var held = new HashSet<Hash256>();
        for (ChainBlock? block = tip; block is not null && block != _head; block = _known.GetValueOrDefault(block.Ref.ParentHash))
        {
            held.UnionWith(block.Content!.Payload.BatchHashes);
        }

        return held;
    }
}
