using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Application;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>
/// The store: blocks, batches, state, finalizations, acknowledged entries, evidence. Like the engine's, its values have checksums: a flipped bit is an error of whoever reads the value,
/// never a value. A start reads the head and the whole state.
/// </summary>
public sealed partial class SimulatedDisk
{
    private readonly SortedDictionary<byte[], byte[]> _state = new(Comparer<byte[]>.Create(static (x, y) => x.AsSpan().SequenceCompareTo(y)));
    private readonly SortedDictionary<ulong, byte[]> _finalizations = [];
    private readonly SortedDictionary<(Hash256 Bits, int Depth), (Hash256 Hash, IReadOnlyList<StateEntry> Entries)> _staging = [];
    private readonly HashSet<Hash256> _rottenContents = [];
    private readonly HashSet<ulong> _rottenFinalizations = [];
    private bool _rottenState;
    private MicroblockHeader? _belowFirst;
    private ChainBlock? _head;

    /// <summary>Committed blocks, oldest first: from genesis, or from the snapshot that the store began with.</summary>
    public List<BlockRef> Ledger { get; } = [genesis];

    /// <summary>Block contents by hash; content-addressed, so a partial loss is only fetched again. Written by <see cref="Put"/>.</summary>
    public Dictionary<Hash256, byte[]> Contents { get; } = [];

    /// <summary>Batches by hash.</summary>
    public Dictionary<Hash256, ReadBatch> Batches { get; } = [];

    /// <summary>Acknowledged entries that are in no final block yet, by their id.</summary>
    public SortedDictionary<Hash256, BatchEntry> Waiting { get; } = [];

    /// <summary>Ids of entries that are in a final block.</summary>
    public HashSet<Hash256> Receipts { get; } = [];

    /// <summary>Evidence that no block records yet, by offender.</summary>
    public SortedDictionary<NodeIndex, byte[]> Evidence { get; } = [];

    /// <summary>Signed checkpoints by height.</summary>
    public SortedDictionary<Height, byte[]> Checkpoints { get; } = [];

    public BlockRef Tip => Ledger[^1];

    /// <summary>Whether it has no block but genesis.</summary>
    public bool IsEmpty => Tip.Height == Height.Zero;

    /// <summary>Whether the operator wants an empty store filled from a snapshot.</summary>
    public bool BeginsWithSnapshot { get; set; }

    /// <summary>Whether a start would read a flipped bit.</summary>
    public bool HoldsRot => _rottenState || _rottenContents.Contains(Tip.Hash);

    /// <summary>The committed block of a height; null when it is not here.</summary>
    public BlockRef? At(Height height)
    {
        ulong first = Ledger[0].Height.Value;
        return height.Value >= first && height.Value - first < (ulong)Ledger.Count ? Ledger[(int)(height.Value - first)] : null;
    }

    /// <summary>The header of a committed height; null when it is not here.</summary>
    public MicroblockHeader? HeaderAt(Height height)
    {
        if (_belowFirst is { } below && below.Height == height)
        {
            return below;
        }

        return At(height) is { } block && Contents.TryGetValue(block.Hash, out byte[]? bytes) && BlockContent.TryDecode(bytes, out BlockContent? content) ? content.Header : null;
    }

    public void Put(Hash256 hash, byte[] content)
    {
        Contents[hash] = content;
        _rottenContents.Remove(hash);
    }

    /// <summary>A block's content for others; what has rotted is dropped, as if it were not here.</summary>
    public byte[]? ReadContent(Hash256 hash)
    {
        if (_checks && _rottenContents.Remove(hash))
        {
            Contents.Remove(hash);
        }

        return Contents.GetValueOrDefault(hash);
    }

    /// <summary>A block's own finalization; null when it has none, or it has rotted.</summary>
    public byte[]? ReadFinalization(Height height) =>
        _checks && _rottenFinalizations.Contains(height.Value) ? null : _finalizations.GetValueOrDefault(height.Value);

    /// <summary>Commits an executed block: its state changes and all that goes with them, at once.</summary>
    public void Commit(ChainBlock block)
    {
        // Genesis has no commit of its own; its pairs came with the load.
        Invariant.Check(_state.Count > 0);
        foreach (StateChange change in block.Executed!.Result!.Changes)
        {
            if (change.Value is null)
            {
                _state.Remove(change.Key);
            }
            else
            {
                _state[change.Key] = change.Value;
            }
        }

        _head = block;
    }

    /// <summary>The committed block's place in the chain.</summary>
    public void Add(BlockRef block, Certificate? finalization)
    {
        Ledger.Add(block);
        if (finalization is not null)
        {
            _finalizations[block.Height.Value] = ConsensusMessageCodec.Encode(finalization);
        }
    }

    /// <summary>The head as a node finds it after a start: its state is rebuilt from the stored pairs.</summary>
    public ChainBlock LoadHead(LedgerNetwork network)
    {
        if (_head is null)
        {
            ChainBlock first = network.GenesisBlock();
            _state.Clear();
            foreach (StateEntry entry in first.Executed!.State.Entries())
            {
                _state[entry.Key.ToArray()] = entry.Value.ToArray();
            }

            return first;
        }

        LedgerState state = LedgerState.Load(_state.Select(pair => (pair.Key, pair.Value)));
        return new ChainBlock(_head.Ref, _head.Content)
        {
            Timestamp = _head.Timestamp,
            BeaconHash = _head.BeaconHash,
            Executed = new ExecutedBlock([], null, state, _head.Executed!.Mountains, []),
        };
    }

    /// <summary>Whether a part of a snapshot is here from before.</summary>
    public bool HasPart(StatePrefix prefix, Hash256 hash) => _staging.TryGetValue((prefix.Bits, prefix.Depth), out (Hash256 Hash, IReadOnlyList<StateEntry>) part) && part.Hash == hash;

    public void Stage(StatePrefix prefix, Hash256 hash, IReadOnlyList<StateEntry> entries) => _staging[(prefix.Bits, prefix.Depth)] = (hash, entries);

    /// <summary>The entries of parts.</summary>
    public IEnumerable<(byte[] Key, byte[] Value)> ReadParts(IReadOnlyList<StatePrefix> parts) =>
        parts.SelectMany(part => _staging[(part.Bits, part.Depth)].Entries).Select(entry => (entry.Key.ToArray(), entry.Value.ToArray()));

    /// <summary>Fills the empty store from a snapshot, at once.</summary>
    public void Import(SnapshotProof proof, LedgerState state)
    {
        Invariant.Check(IsEmpty);
        BlockContent content = BlockContent.Create(proof.Header, proof.Payload);
        var block = new BlockRef(content.Hash, proof.Height, proof.Header.View, proof.Header.PreviousHash, proof.Parent.View);
        _state.Clear();
        foreach (StateEntry entry in state.Entries())
        {
            _state[entry.Key.ToArray()] = entry.Value.ToArray();
        }

        _staging.Clear();
        _belowFirst = proof.Parent;
        _head = new ChainBlock(block, content)
        {
            Timestamp = proof.Header.Timestamp,
            BeaconHash = BlockRules.BeaconHashOf(proof.Header),
            Executed = new ExecutedBlock([], null, state, proof.Mountains, []),
        };
        Ledger.Clear();
        Ledger.Add(block);
        Put(block.Hash, content.Encoded.ToArray());
    }

    /// <summary>The operator moves the store away: log, watermark and key stay.</summary>
    public void LoseStore()
    {
        Ledger.Clear();
        Ledger.Add(genesis);
        Contents.Clear();
        Batches.Clear();
        Waiting.Clear();
        Receipts.Clear();
        Evidence.Clear();
        Checkpoints.Clear();
        _state.Clear();
        _finalizations.Clear();
        _staging.Clear();
        _rottenContents.Clear();
        _rottenFinalizations.Clear();
        _rottenState = false;
        _belowFirst = null;
        _head = null;
    }

    /// <summary>Changes one bit of a stored block, a stored finalization or the stored state; false when there is none.</summary>
    public bool Rot(SplitMix random)
    {
        switch (random.Below(3))
        {
            case 0 when _state.Count > 0 && _head is not null:
                (byte[] key, byte[] value) = _state.ElementAt(random.Below(_state.Count));
                if (value.Length == 0)
                {
                    return false;
                }

                _state[key] = Flipped(value, random);
                _rottenState = true;
                return true;
            case 1 when _finalizations.Count > 0:
                (ulong height, byte[] finalization) = _finalizations.ElementAt(random.Below(_finalizations.Count));
                _finalizations[height] = Flipped(finalization, random);
                _rottenFinalizations.Add(height);
                return true;
            default:
                BlockRef block = Ledger[random.Below(Ledger.Count)];
                if (!Contents.TryGetValue(block.Hash, out byte[]? content))
                {
                    return false;
                }

                Contents[block.Hash] = Flipped(content, random);
                _rottenContents.Add(block.Hash);
                return true;
        }
    }

    private static byte[] Flipped(byte[] bytes, SplitMix random)
    {
        // A copy: other nodes may hold the same array.
        var flipped = (byte[])bytes.Clone();
        flipped[random.Below(flipped.Length)] ^= (byte)(1 << random.Below(8));
        return flipped;
    }

    private DiskDamage.Store? ExamineStore() =>
        !_checks ? null
        : _rottenState ? new DiskDamage.Store("the stored state")
        : _rottenContents.Contains(Tip.Hash) ? new DiskDamage.Store($"the head, block {Tip.Height}")
        : null;
}
