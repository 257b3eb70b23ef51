using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Application;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>
/// What survives a crash: log records and watermark that were synced, a random part of those that were not (in order, the last one maybe torn, which a log reader cuts off),
/// and the database, which commits atomically. Bits of log and watermark may flip, and the disk may be full.
/// </summary>
/// <param name="genesis">The first block.</param>
/// <param name="checks">Whether checksums are looked at.</param>
public sealed class SimulatedDisk(BlockRef genesis, bool checks)
{
    private readonly SortedDictionary<byte[], byte[]> _state = new(Comparer<byte[]>.Create(static (x, y) => x.AsSpan().SequenceCompareTo(y)));
    private ChainBlock? _head;

    /// <summary>Committed blocks, oldest first, genesis at index 0.</summary>
    public List<BlockRef> Ledger { get; } = [genesis];

    /// <summary>Block contents by hash; content-addressed, so a partial loss is only fetched again.</summary>
    public Dictionary<Hash256, byte[]> Contents { get; } = [];

    /// <summary>Batches by hash.</summary>
    public Dictionary<Hash256, ReadBatch> Batches { get; } = [];

    /// <summary>Acknowledged entries that are in no final block yet, by their id.</summary>
    public SortedDictionary<Hash256, BatchEntry> Waiting { get; } = [];

    /// <summary>Ids of entries that are in a final block.</summary>
    public HashSet<Hash256> Receipts { get; } = [];

    public SimulatedLog Log { get; } = new(checks);

    public SimulatedWatermark Mark { get; } = new(checks);

    /// <summary>Whether writes are refused.</summary>
    public bool IsFull { get; set; }

    public BlockRef Tip => Ledger[^1];

    public void Append(WalRecord record) => Log.Append(record);

    public void Sync()
    {
        Log.Sync();
        Mark.Sync();
    }

    /// <summary>Loses what was not synced, or some of it.</summary>
    public void Crash(SplitMix random, DiskFault fault)
    {
        // The watermark is written after the log is synced, so it is never ahead of it.
        if (Log.Crash(random) && random.Permille(500))
        {
            Mark.Sync();
        }

        Mark.Crash();
        if (fault != DiskFault.None)
        {
            Log.Clear();
        }

        if (fault == DiskFault.LosesLogAndWatermark)
        {
            Mark.Clear();
        }
    }

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

    /// <summary>Drops log records that nobody needs any more.</summary>
    public void Prune() => Log.Prune(Tip.View);

    /// <summary>Cuts off what a crash tore; gives the damage that is none of a crash's.</summary>
    public DiskDamage? Examine() => Log.Examine();

    public RecoveredState Recover(Epoch epoch) => RecoveredState.Replay(epoch, Tip, Log.Records, Mark.Current);
}
