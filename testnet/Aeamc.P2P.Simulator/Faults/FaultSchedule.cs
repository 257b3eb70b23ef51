using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Faults;

/// <summary>Everything that goes wrong at a moment in a run, drawn beforehand, so that a failing run can be cut down.</summary>
public static class FaultSchedule
{
    private const int MostCrashes = 10_000;

    /// <summary>A number of crashes, partitions (a third of them one way) and clock jumps within a time in milliseconds.</summary>
    public static List<Fault> Draw(SplitMix chance, int nodes, int time, int crashes, int partitions, int jumps)
    {
        var faults = new List<Fault>();
        for (int i = 0; i < crashes; i++)
        {
            faults.Add(new Fault.Crash(chance.Below(nodes), (CrashPoint)chance.Below(3), chance.Below(time), chance.Below(Math.Max(1, time / 3))));
        }

        for (int i = 0; i < partitions; i++)
        {
            faults.Add(new Fault.Partition(chance.Next(), chance.Permille(333), chance.Below(time), chance.Below(Math.Max(1, time / 2))));
        }

        for (int i = 0; i < jumps; i++)
        {
            faults.Add(new Fault.ClockJump(chance.Below(nodes), chance.Below(20_000) - 10_000, chance.Below(time), chance.Below(Math.Max(1, time / 3))));
        }

        return faults;
    }

    /// <summary>
    /// Bits of one member's log and watermark that flip, and disks that fill up, within a time in milliseconds. More than f members with flips may stop the chain, as each may lose votes
    /// and go quiet.
    /// </summary>
    public static List<Fault> Disks(SplitMix chance, int nodes, int time, int flips, int full)
    {
        var faults = new List<Fault>();
        int victim = chance.Below(nodes);
        for (int i = 0; i < flips; i++)
        {
            faults.Add(new Fault.BitFlip(victim, chance.Below(time), chance.Below(Math.Max(1, time / 3))));
        }

        for (int i = 0; i < full; i++)
        {
            faults.Add(new Fault.FullDisk(chance.Below(nodes), chance.Below(time), chance.Below(Math.Max(1, time / 3))));
        }

        return faults;
    }

    /// <summary>
    /// A member that comes late, half of the time to begin with a snapshot, and bits of one member's store that flip, within a time in milliseconds. Of one member only: what it fetches again, others
    /// must have.
    /// </summary>
    public static List<Fault> Stores(SplitMix chance, int nodes, int time, int late, int rot)
    {
        var faults = new List<Fault>();
        int victim = chance.Below(nodes);
        for (int i = 0; i < late; i++)
        {
            faults.Add(new Fault.Late(chance.Below(nodes), chance.Permille(500), 0, (time / 3) + chance.Below(time)));
        }

        for (int i = 0; i < rot; i++)
        {
            faults.Add(new Fault.Rot(victim, chance.Permille(500), (time / 4) + chance.Below(time * 3 / 4), chance.Below(Math.Max(1, time / 3))));
        }

        return faults;
    }

    /// <summary>Crashes at a rate for each node and second of virtual time, each lasting up to a second.</summary>
    public static List<Fault> Crashes(SplitMix chance, int nodes, double rate, int time)
    {
        var faults = new List<Fault>();
        int count = (int)Math.Min(MostCrashes, rate * nodes * time / 1000);
        for (int i = 0; i < count; i++)
        {
            faults.Add(new Fault.Crash(chance.Below(nodes), (CrashPoint)chance.Below(3), chance.Below(time), 50 + chance.Below(950)));
        }

        return faults;
    }

    /// <summary>Faults separated by commas; null when one is none.</summary>
    public static List<Fault>? Parse(string text)
    {
        var faults = new List<Fault>();
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Fault.Parse(part) is not { } fault)
            {
                return null;
            }

            faults.Add(fault);
        }

        return faults;
    }
}
