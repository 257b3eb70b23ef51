using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Adversaries;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;
using Aeamc.P2P.Simulator.Faults;

namespace Aeamc.P2P.Simulator.Tests;

/// <summary>Members that come late, or whose store is gone: by ranges and by snapshots, with a peer that lies.</summary>
public class SyncTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_member_that_comes_late_catches_up_though_a_peer_lies_and_no_honest_one_is_called_a_liar(bool snapshot)
    {
        int ranges = 0, snapshots = 0, lies = 0, parts = 0;
        for (ulong seed = 1; seed <= 20; seed++)
        {
            SimulationResult result = Simulation.Run(Late(seed, snapshot));
            Assert.True(result.Passed, $"late, seed {seed}: {string.Join("; ", result.Violations)}");
            ranges += result.RangeBlocks;
            snapshots += result.Snapshots;
            lies += result.Liars.Values.Sum();
            parts += result.Liars.GetValueOrDefault("snapshot_chunk");
        }

        Assert.True(ranges > 0, "nothing came in ranges");
        Assert.Equal(snapshot, snapshots > 0);
        Assert.True(lies > 0, "nobody lied");
        Assert.Equal(snapshot, parts > 0);
    }

    [Fact]
    public void A_flipped_bit_of_the_store_is_noticed_at_a_start_or_not_served_and_the_chain_is_fetched_again()
    {
        int refused = 0, fetched = 0;
        for (ulong seed = 1; seed <= 60; seed++)
        {
            SimulationResult result = Simulation.Run(Rotten(seed));
            Assert.True(result.Passed, $"rot, seed {seed}: {string.Join("; ", result.Violations)}");
            refused += result.RefusedStarts.Count;
            fetched += result.RangeBlocks + result.Snapshots;
        }

        Assert.True(refused > 0, "no start noticed anything");
        Assert.True(fetched > 0, "nobody fetched anything again");
    }

    [Fact]
    public void Damage_of_the_store_keeps_it_from_being_read_and_is_gone_with_the_store()
    {
        var seen = new SortedSet<string>();
        for (ulong seed = 1; seed <= 40; seed++)
        {
            var simulation = new Simulation(new SimulationOptions { Stack = StackKind.Full, Blocks = 5 });
            simulation.Run();
            SimulatedDisk disk = simulation.Nodes[0].Disk;
            Assert.Null(disk.Examine());
            BlockRef[] blocks = [.. disk.Ledger.Skip(1)];
            int finalizations = blocks.Count(block => disk.ReadFinalization(block.Height) is not null);
            disk.Rot(new SplitMix(seed));
            seen.Add(disk.Examine() is DiskDamage.Store damage ? damage.What.Split(',')[0]
                : Array.Exists(blocks, block => disk.ReadContent(block.Hash) is null) ? "a block"
                : blocks.Count(block => disk.ReadFinalization(block.Height) is not null) < finalizations ? "a finalization" : "nothing");
            disk.LoseStore();
            Assert.Null(disk.Examine());
            Assert.True(disk.IsEmpty);
        }

        Assert.Superset(new SortedSet<string> { "the stored state", "a block", "a finalization" }, seen);
    }

    /// <summary>One honest member of seven comes late; one peer lies.</summary>
    internal static SimulationOptions Late(ulong seed, bool snapshot)
    {
        SimulationOptions options = Troubled(seed) with { Nodes = 7, Attacks = [Attack.Lie], Byzantine = 2 };
        return options with { Faults = [new Fault.Late(Honest(options), snapshot, 0, 900)] };
    }

    /// <summary>Bits of one member's store flip, a while before others ask it for what they lack.</summary>
    internal static SimulationOptions Rotten(ulong seed)
    {
        SimulationOptions options = Troubled(seed);
        return options with
        {
            Faults =
            [
                new Fault.Rot(0, seed % 2 == 0, 500, 50), new Fault.Rot(0, seed % 2 == 0, 700, 50),
                new Fault.Late(1, false, 0, 900),
            ],
        };
    }

    private static SimulationOptions Troubled(ulong seed)
    {
        LatencyModel latency = LatencyModel.Uniform(5_000);
        return new()
        {
            Seed = seed,
            Stack = StackKind.Full,
            TroubleTime = 1_200,
            LossPermille = 50,
            Latency = latency,
            Jitter = 3_000,
            Core = SimulationOptions.TimingFor(latency, 3_000, 4),
            Blocks = 5,
        };
    }

    private static int Honest(SimulationOptions options)
    {
        var simulation = new Simulation(options);
        return Enumerable.Range(0, options.Nodes).First(i => !simulation.IsByzantine(new NodeIndex((ushort)i)));
    }
}
