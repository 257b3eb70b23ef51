using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>
/// What survives a crash: votes in the signer's file, log records that were synced, a random part of those that were not (in order, the last one maybe torn, which a log reader cuts off),
/// and the store, which commits atomically. Bits of all three may flip, and the disk may be full. This part is the files; <c>.Store</c> is the store.
/// </summary>
/// <param name="genesis">The first block.</param>
/// <param name="options">What is wrong on purpose.</param>
public sealed partial class SimulatedDisk(BlockRef genesis, SimulationOptions options)
{
    /// <summary>Votes that may wait for the log when nothing is finalized.</summary>
    private const int MaximumUnlogged = 8;

    /// <summary>Views kept in the log below the last finalized block.</summary>
    private const ulong RetainedViews = 8;

    private readonly bool _checks = !options.IgnoresChecksums;
    private bool _voting;

    public SimulatedLog Log { get; } = new(!options.IgnoresChecksums);

    public SimulatedWatermark Mark { get; } = new(!options.IgnoresChecksums, options.WritesOneSlot ? 1 : 2);

    /// <summary>Whether a bit of log or watermark has flipped that no start has noticed yet.</summary>
    public bool HoldsFlips => Log.HoldsFlips || Mark.HoldsFlips;

    /// <summary>Whether writes are refused.</summary>
    public bool IsFull { get; set; }

    /// <summary>Whether so many votes wait for the log that it is time to sync it.</summary>
    public bool IsLong => Mark.Unlogged >= MaximumUnlogged;

    public void Append(WalRecord record)
    {
        Log.Append(record);
        if (record is WalRecord.Voted { Statement: var vote })
        {
            Mark.Add(vote);
            _voting = true;
        }
    }

    /// <summary>Brings every vote to the disk, before it is sent.</summary>
    public void SyncVotes()
    {
        if (Mark.NeedsLog)
        {
            SyncLog();
        }

        if (_voting)
        {
            Mark.Sync();
            _voting = false;
        }
    }

    /// <summary>Brings every record to the disk.</summary>
    public void SyncLog()
    {
        Log.Sync();
        Mark.Logged();
    }

    /// <summary>At a start, before anything is signed again.</summary>
    public void Restore(RecoveredState recovered)
    {
        if (recovered.IsWhole)
        {
            foreach (Statement vote in recovered.Unlogged)
            {
                Log.Append(new WalRecord.Voted(vote));
            }

            Log.Sync();
        }

        Mark.Restore(recovered);
    }

    /// <summary>Loses what was not synced, or some of it.</summary>
    public void Crash(SplitMix random, DiskFault fault)
    {
        // Any order: a vote under way may be in either file, in both, or in none.
        Mark.Crash(random, _voting);
        Log.Crash(random);
        _voting = false;
        if (fault != DiskFault.None)
        {
            Log.Clear();
        }

        if (fault == DiskFault.LosesLogAndWatermark)
        {
            Mark.Clear();
        }
    }

    /// <summary>Drops log records that nobody needs any more.</summary>
    public void Prune()
    {
        var below = new View(Math.Max(Tip.View.Value, RetainedViews) - RetainedViews);
        Log.Prune(below);
        Mark.Pruned(below);
    }

    /// <summary>Cuts off what a crash tore; gives the damage that is none of a crash's.</summary>
    public DiskDamage? Examine() => (DiskDamage?)Log.Examine() ?? ExamineStore();

    public RecoveredState Recover(Epoch epoch) => RecoveredState.Replay(epoch, Tip, Log.Records, options.ForgetsUnlogged ? Mark.Current with { Unlogged = [] } : Mark.Current);
}
