using Aeamc.P2P.Primitives;
using FsCheck;
using FsCheck.Fluent;

namespace Aeamc.P2P.Ledger.Tests;

/// <summary>Whatever happens, in whatever order, the state is a function of its history and of nothing else.</summary>
public class RandomHistoryTests
{
    [Fact]
    public void AnyHistoryLoadsToItsRootAndReplaysToIt()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            World first = Play(seed, blocks: 25, out ulong proven);
            World second = Play(seed, blocks: 25, out _);
            LedgerState reloaded = first.Reload();
            Assert.Equal(first.State.Root, second.State.Root);
            Assert.Equal(first.State.Root, reloaded.Root);
            Assert.Equal(first.State.TasksWithWork, reloaded.TasksWithWork);
            Assert.Equal(first.State.Timers, reloaded.Timers);
            Assert.Equal(first.State.Counters, reloaded.Counters);
            Assert.Equal(proven, first.State.Counters.ProofsCounted);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(20_261_122, 7));
    }

    [Fact]
    public void StateAfterAReloadGoesOnAsBefore()
    {
        World world = Play(3, blocks: 30, out _);
        LedgerState reloaded = world.Reload();
        var context = new BlockContext(world.State.Height.Next, world.Now.Plus(150_000), world.ParentHash);
        BlockEntry[] entries = [new BlockEntry(world.PostEntry(), world.Members[0])];
        BlockResult one = world.Machine.Apply(world.State, context, entries);
        BlockResult other = world.Machine.Apply(reloaded, context, entries);
        Assert.Equal(one.State.Root, other.State.Root);
        Assert.Equal(one.Changes.Select(change => Convert.ToHexString(change.Key)), other.Changes.Select(change => Convert.ToHexString(change.Key)));
        Assert.Equal(one.Outcomes, other.Outcomes);
    }

    [Fact]
    public void FixedHistoryHasItsFrozenRoot()
    {
        // The same in Debug and Release and on every machine; a change of rules or encodings changes it, and must say so.
        World world = Play(1, blocks: 40, out _);
        Assert.Equal("92318f668d38123f", world.State.Root.ToString()[..16]);
    }

    [Fact]
    public void BlockThatDoesNotFollowIsOurOwnMistake()
    {
        var world = new World();
        var context = new BlockContext(new Height(2), world.Now.Plus(1), Hash256.Zero);
        Assert.Throws<InvariantException>(() => world.Machine.Apply(world.State, context, []));
        var past = new BlockContext(new Height(1), new Timestamp(1), Hash256.Zero);
        Assert.Throws<InvariantException>(() => world.Machine.Apply(world.State, past, []));
    }

    [Fact]
    public void WhatIsNotALedgersStateIsNotLoaded()
    {
        Assert.Throws<InvariantException>(() => LedgerState.Load([]));
        World world = Play(2, blocks: 10, out _);
        (byte[] Key, byte[] Value)[] pairs = [.. world.State.Entries().Select(entry => (entry.Key.ToArray(), entry.Value.ToArray()))];
        int device = Array.FindIndex(pairs, pair => pair.Key[0] == (byte)'d');
        pairs[device].Value = pairs[device].Value[..^1];
        Assert.Throws<InvariantException>(() => LedgerState.Load(pairs));
    }

    /// <summary>Plays a history drawn from a seed: honest and dishonest devices of both phases, blocks of any spacing.</summary>
    private static World Play(int seed, int blocks, out ulong proven)
    {
        var random = new Random(seed);
        var world = new World(new NetworkParameters { SampleRate = 5000, ProbationHoldMs = 300_000, TaskRetentionMs = 400_000, V1IdleMs = 500_000 });
        TestDevice[] devices = [.. Enumerable.Range(0, 4).Select(index => world.Register($"device {index}"))];
        TestDeviceV1[] olds = [.. Enumerable.Range(0, 3).Select(index => world.ReadyV1($"000000000000000{index}"))];
        proven = 0;
        for (int block = 0; block < blocks; block++)
        {
            List<DecodedEntry> entries = [];
            for (int count = random.Next(12); count > 0; count--)
            {
                if (Draw(random, world, devices[random.Next(devices.Length)], olds[random.Next(olds.Length)]) is { } entry)
                {
                    entries.Add(entry);
                }
            }

            ulong gap = random.Next(10) == 0 ? (ulong)random.Next(600_000) : (ulong)random.Next(1, 20_000);
            proven += (ulong)world.BlockAfter(gap, [.. entries]).ProofsCounted;
        }

        return world;
    }

    private static DecodedEntry? Draw(Random random, World world, TestDevice device, TestDeviceV1 old)
    {
        bool leased = device.Record.Lease is { } lease && world.State.TryGetTask(lease.PostId, out _);
        bool oldKnown = world.State.TryGetDevice(old.Id, out DeviceRecord? record);
        bool oldLeased = oldKnown && record!.Lease is { } oldLease && world.State.TryGetTask(oldLease.PostId, out _);
        return random.Next(10) switch
        {
            0 => world.PostEntry(units: (ushort)random.Next(1, 40), deadlineMs: (ulong)random.Next(1, 900_000)),
            1 => device.Heartbeat(offsetMs: random.Next(-2000, 2000)),
            2 => device.LeaseRequest((ushort)random.Next(1, 20), random.Next(-2000, 2000)),
            3 or 4 or 5 when leased => device.Proof(device.Lease.First + random.Next(device.Lease.Count)),
            6 when leased => device.WrongProof(device.Lease.First + random.Next(device.Lease.Count)),
            7 => old.Heartbeat(),
            8 => old.LeaseRequest(),
            9 when oldLeased => old.Proof(),
            _ => null,
        };
    }
}
