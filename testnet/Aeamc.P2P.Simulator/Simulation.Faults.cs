using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;
using Aeamc.P2P.Simulator.Faults;

namespace Aeamc.P2P.Simulator;

/// <summary>What goes wrong and how it is set right.</summary>
public sealed partial class Simulation
{
    /// <summary>How long an operator takes to repair a log, in microseconds.</summary>
    private const long MendTime = 100_000;

    /// <summary>A node's disk is damaged: its operator mends it after a while, at the latest when the calm begins.</summary>
    public void OnDamage(SimulatedNode node, DiskDamage damage)
    {
        Trace.Add(~(ulong)damage.ToString().Length);
        _refusedStarts.Add($"member {node.Index} did not start: {damage}");
        Clock.After(IsCalm ? 0 : MendTime, () =>
        {
            if (node.IsUp)
            {
                return;
            }

            switch (node.Disk.Examine())
            {
                case DiskDamage.Log log:
                    node.Disk.Log.Cut(log);
                    break;
                case DiskDamage.Store:
                    // What it had acknowledged and no block holds yet is lost with the store.
                    node.Disk.LoseStore();
                    Checks.OnStoreLost(node);
                    break;
                default:
                    break;
            }

            Restart(node);
        });
    }

    /// <summary>A node crashes and comes back after a while, at the latest when the calm begins.</summary>
    public void CrashNow(SimulatedNode node, long microseconds)
    {
        node.Crash();
        Clock.After(microseconds, () => Restart(node));
    }

    private void BeginCalm(long now)
    {
        IsCalm = true;
        CalmAt = now;
        Network.IsTroubled = false;
        Network.Heal();
        ulong highest = 0;
        foreach (SimulatedNode node in _nodes)
        {
            node.CrashAtWrite = null;
            node.ClockOffset = 0;
            node.Disk.IsFull = false;
            Restart(node);
            highest = Math.Max(highest, node.IsHonest ? node.Disk.Tip.Height.Value : 0);
        }

        CalmHeight = highest;
        _joining = _nodes.Count(node => node.IsHonest && node.Core is null);
        _target = highest + (ulong)Options.Blocks;
        _reached.Clear();
    }

    private static void Restart(SimulatedNode node)
    {
        if (!node.IsUp)
        {
            node.Start();
        }
    }

    private void Inject(Fault fault)
    {
        long length = fault.Length * 1000L;
        switch (fault)
        {
            case Fault.Crash crash when _nodes[crash.Node % _nodes.Count] is { IsUp: true } node:
                if (crash.Where == CrashPoint.Now)
                {
                    CrashNow(node, length);
                }
                else
                {
                    node.CrashAtWrite = (crash.Where, length);
                }

                break;
            case Fault.Crash:
                break;
            case Fault.Partition partition:
                Network.Cut(partition.Side, ~partition.Side, length);
                if (!partition.OneWay)
                {
                    Network.Cut(~partition.Side, partition.Side, length);
                }

                break;
            case Fault.ClockJump jump:
                SimulatedNode jumper = _nodes[jump.Node % _nodes.Count];
                jumper.ClockOffset += jump.By * 1000L;
                Clock.After(length, () => jumper.ClockOffset = 0);
                break;
            case Fault.BitFlip flip:
                SimulatedNode flipped = _nodes[flip.Node % _nodes.Count];
                flipped.Crash();

                // One flip between two starts is what a member survives: of two the one may take the log's last votes and the other the watermark of them.
                if (flipped.Disk.HoldsFlips)
                {
                    break;
                }

                if (Chance.Permille(250) ? flipped.Disk.Mark.Flip(Chance) : flipped.Disk.Log.Flip(Chance))
                {
                    Trace.Add((ulong)flip.Node);
                }

                Clock.After(length, () => Restart(flipped));
                break;
            case Fault.Rot when Ledger is null:
                // Consensus alone has no store.
                break;
            case Fault.Rot rot:
                SimulatedNode rotten = _nodes[rot.Node % _nodes.Count];
                rotten.Crash();
                if (rotten.Disk.Rot(Chance))
                {
                    Trace.Add((ulong)rot.Node + 1000);
                    rotten.Disk.BeginsWithSnapshot = rot.Snapshot;
                }

                Clock.After(length, () => Restart(rotten));
                break;
            case Fault.Late:
                // It was not started to begin with.
                break;
            case Fault.FullDisk full:
                SimulatedNode filled = _nodes[full.Node % _nodes.Count];
                filled.Disk.IsFull = true;
                Clock.After(length, () => EmptyDisk(filled));
                break;
            default:
                throw Invariant.Fail($"fault {fault}");
        }
    }

    /// <summary>There is room again: the node starts over from what is on the disk, also when it had not written meanwhile.</summary>
    private static void EmptyDisk(SimulatedNode node)
    {
        if (node.Disk.IsFull)
        {
            node.Disk.IsFull = false;
            if (node.IsUp)
            {
                node.Crash();
            }

            node.Start();
        }
    }
}
