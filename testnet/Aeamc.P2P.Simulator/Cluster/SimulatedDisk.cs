using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>
/// What survives a crash: log records and watermark that were synced, a random part of those that were not (in order, the last one maybe torn, which a log reader cuts off),
/// and the store, which commits atomically. Bits of all three may flip, and the disk may be full. This part is the files; <c>.Store</c> is the store.
/// </summary>
/// <param name="genesis">The first block.</param>
/// <param name="checks">Whether checksums are looked at.</param>
public sealed partial class SimulatedDisk(BlockRef genesis, bool checks)
{
    public SimulatedLog Log { get; } = new(checks);

    public SimulatedWatermark Mark { get; } = new(checks);

    /// <summary>Whether a bit of log or watermark has flipped that no start has noticed yet.</summary>
    public bool HoldsFlips => Log.HoldsFlips || Mark.HoldsFlips;

    /// <summary>Whether writes are refused.</summary>
    public bool IsFull { get; set; }

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

    /// <summary>Drops log records that nobody needs any more.</summary>
    public void Prune() => Log.Prune(Tip.View);

    /// <summary>Cuts off what a crash tore; gives the damage that is none of a crash's.</summary>
    public DiskDamage? Examine() => (DiskDamage?)Log.Examine() ?? ExamineStore();

    public RecoveredState Recover(Epoch epoch) => RecoveredState.Replay(epoch, Tip, Log.Records, Mark.Current);
}
