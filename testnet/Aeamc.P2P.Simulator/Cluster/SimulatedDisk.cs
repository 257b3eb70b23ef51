using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>
/// What survives a crash: log records and watermark that were synced, a random part of those that were not (in order, the last one maybe
/// torn, which a log reader cuts off), and the ledger, which commits atomically.
/// </summary>
public sealed class SimulatedDisk(BlockRef genesis)
{
    private readonly List<Entry> _synced = [];
    private readonly List<Entry> _unsynced = [];
    private Watermark? _syncedMark;
    private Watermark? _mark;

    /// <summary>Committed blocks, oldest first, genesis at index 0.</summary>
    public List<BlockRef> Ledger { get; } = [genesis];

    /// <summary>Block contents by hash; content-addressed, so a partial loss is only fetched again.</summary>
    public Dictionary<Hash256, byte[]> Contents { get; } = [];

    public BlockRef Tip => Ledger[^1];

    public void Append(WalRecord record) => _unsynced.Add(new Entry(record.Encode(), record.View, record is WalRecord.Accepted { Certificate.Kind: VoteKind.Finalize }));

    public void Mark(Watermark? mark) => _mark = mark;

    public void Sync()
    {
        _synced.AddRange(_unsynced);
        _unsynced.Clear();
        _syncedMark = _mark;
    }

    /// <summary>Loses what was not synced, or some of it.</summary>
    public void Crash(SplitMix random, DiskFault fault)
    {
        int kept = random.Below(_unsynced.Count + 1);
        bool whole = kept == _unsynced.Count;
        _synced.AddRange(_unsynced.Take(kept));
        _unsynced.Clear();

        // The watermark is written after the log is synced, so it is never ahead of it.
        if (whole && random.Permille(500))
        {
            _syncedMark = _mark;
        }

        if (fault != DiskFault.None)
        {
            _synced.Clear();
            _syncedMark = fault == DiskFault.LosesLog ? _syncedMark : null;
        }

        _mark = _syncedMark;
    }

    /// <summary>Drops records that <see cref="WalRecord"/> allows to drop.</summary>
    public void Prune()
    {
        View tip = Tip.View;
        _synced.RemoveAll(entry => entry.View < tip || (entry.View == tip && !entry.Finalizes));
    }

    public RecoveredState Recover(Epoch epoch) => RecoveredState.Replay(epoch, Tip, _synced.Select(entry => Read(entry.Bytes)), _syncedMark);

    private static WalRecord Read(byte[] bytes)
    {
        Invariant.Check(WalRecord.TryDecode(bytes, out WalRecord? record));
        return record;
    }

    /// <summary>A record's bytes, with what pruning asks of it.</summary>
    private readonly record struct Entry(byte[] Bytes, View View, bool Finalizes);
}
