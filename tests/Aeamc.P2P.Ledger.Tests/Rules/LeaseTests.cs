using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger.Tests;

public class LeaseTests
{
    [Fact]
    public void OldestTaskIsServedFirstAndUnitsInOrder()
    {
        var world = new World();
        DecodedEntry first = world.PostEntry(units: 3);
        DecodedEntry second = world.PostEntry(units: 3);
        world.Block(first, second);
        TestDevice[] devices = [world.Ready("a"), world.Ready("b"), world.Ready("c")];
        world.Block([.. devices.Select(device => device.LeaseRequest(2))]);

        Assert.Equal((first.Id, 0, 2), Range(devices[0]));
        Assert.Equal((first.Id, 2, 1), Range(devices[1]));
        Assert.Equal((second.Id, 0, 2), Range(devices[2]));
        Assert.Equal([second.Id], world.State.TasksWithWork);
        Assert.True(world.State.TryGetLease(devices[0].Id, out Lease? lease));
        Assert.Equal(world.Now.Plus(world.State.Parameters.LeaseDurationMs), lease.Expires);
    }

    [Fact]
    public void TasksThatAskForMoreEnergyAreLeftToOthers()
    {
        var world = new World();
        Hash256 demanding = world.Post(minimumScore: 5876);
        Hash256 modest = world.Post(minimumScore: 5875);
        TestDevice weak = world.Ready("weak");
        TestDevice strong = world.Register("strong");
        world.Accept(strong.Heartbeat(new Telemetry(10_000, true, 0, 0, 0, 0)));
        world.Block(weak.LeaseRequest(), strong.LeaseRequest());

        Assert.Equal(modest, weak.Lease.PostId);
        Assert.Equal(demanding, strong.Lease.PostId);
    }

    [Fact]
    public void ExpiredLeaseGivesItsUnprovenUnitsBackInOrder()
    {
        var world = new World();
        Hash256 post = world.Post(units: 8);
        TestDevice lazy = world.Ready("lazy");
        TestDevice busy = world.Ready("busy");
        world.Accept(lazy.LeaseRequest(6));
        world.Block(lazy.Proof(0), lazy.Proof(3));
        BlockResult result = world.BlockAfter(world.State.Parameters.LeaseDurationMs + 1, busy.LeaseRequest(5));

        Assert.Equal(RefusalCode.None, result.Outcomes[0].Code);
        Assert.True(lazy.Lease.Ended);
        Assert.False(world.State.TryGetLease(lazy.Id, out _));
        Assert.Equal((post, 1, 2), Range(busy));
        Assert.Equal(1UL, world.State.Counters.LeasesExpired);
        Assert.Equal(RefusalCode.LeaseExpired, world.Apply(lazy.Proof(1)));

        world.Block(busy.Proof(1), busy.Proof(2));
        world.Accept(busy.LeaseRequest(5));
        Assert.Equal((post, 4, 2), Range(busy));
        world.Block(busy.Proof(4), busy.Proof(5));
        world.Accept(busy.LeaseRequest(5));
        Assert.Equal((post, 6, 2), Range(busy));
        world.Block(busy.Proof(6), busy.Proof(7));
        Assert.True(world.State.TryGetTask(post, out TaskRecord? task));
        Assert.Equal(TaskPhase.Completed, task.Phase);
        Assert.Equal(8, task.ProvenUnits);
        Assert.Empty(world.State.TasksWithWork);
        Assert.Equal(world.State.Root, world.Reload().Root);
    }

    [Fact]
    public void ExpiriesPerBlockAreBoundedAndLoseNothing()
    {
        var world = new World(new NetworkParameters { SampleRate = 0, MaxExpiriesPerBlock = 1 });
        Hash256 post = world.Post(units: 10);
        TestDevice[] devices = [.. Enumerable.Range(0, 3).Select(index => world.Ready($"d{index}"))];
        world.Block([.. devices.Select(device => device.LeaseRequest(2))]);
        world.BlockAfter(200_000);
        Assert.Equal(1UL, world.State.Counters.LeasesExpired);

        // One whose turn has not come asks again: its old lease ends then and there.
        TestDevice waiting = devices.Where(device => !device.Lease.Ended).MaxBy(device => device.Id)!;
        world.Block(waiting.Proof(waiting.Lease.First), waiting.LeaseRequest(2));
        Assert.Equal(3UL, world.State.Counters.LeasesExpired);
        Assert.True(waiting.Lease.IsOpen);
        world.Block();
        Assert.True(world.State.TryGetTask(post, out TaskRecord? task));
        Assert.Equal(8, task.AvailableUnits);
    }

    [Fact]
    public void LeaseNeverOutlivesTheDeadlineAndTheTaskLeavesTheRecord()
    {
        var world = new World();
        Hash256 post = world.Post(deadlineMs: 60_000);
        TestDevice device = world.Ready();
        world.Accept(device.LeaseRequest(4));
        Assert.True(world.State.TryGetTask(post, out TaskRecord? task));
        Assert.Equal(task.Deadline, device.Lease.Expires);

        world.BlockAfter(60_000);
        Assert.True(world.State.TryGetTask(post, out task));
        Assert.Equal(TaskPhase.Overdue, task.Phase);
        Assert.Equal(RefusalCode.NoTaskAvailable, world.Apply(device.LeaseRequest()));
        Assert.Equal(0UL, world.State.Counters.OpenTasks);

        world.BlockAfter(world.State.Parameters.TaskRetentionMs + 1);
        Assert.False(world.State.TryGetTask(post, out _));
        Assert.Equal(world.State.Root, world.Reload().Root);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    public void WholeLeaseIsProvenOnceEach(int units)
    {
        var world = new World();
        Hash256 post = world.Post((ushort)units, steps: 1);
        TestDevice device = world.Ready();
        world.Accept(device.LeaseRequest((ushort)units));
        DecodedEntry[] proofs = [.. Enumerable.Range(0, units).Select(unit => device.Proof(unit))];
        BlockResult result = world.Block([.. proofs, .. proofs]);

        Assert.Equal(units, result.ProofsCounted);
        Assert.All(result.Outcomes.Take(units), outcome => Assert.Equal(EntryStatus.Accepted, outcome.Status));
        Assert.All(result.Outcomes.Skip(units), outcome => Assert.Equal(RefusalCode.ProofDuplicate, outcome.Code));
        Assert.Equal(3, result.Changes.Count); // the device, the task, the counters
        Assert.True(world.State.TryGetTask(post, out TaskRecord? task));
        Assert.Equal(TaskPhase.Completed, task.Phase);
        Assert.Equal((ulong)units, world.State.Counters.ProofsCounted);
    }

    [Fact]
    public void LargestTaskIsGivenOutToItsLastUnit()
    {
        var world = new World(new NetworkParameters { SampleRate = 0, MaxUnitsPerLease = 4096, LeaseDurationMs = 1000 });
        Hash256 post = world.Post(ushort.MaxValue, steps: 1);
        TestDevice device = world.Ready();
        int given = 0;
        while (given < ushort.MaxValue)
        {
            // Prove one unit of each lease and let the rest come back: fresh units are used only when nothing came back.
            world.BlockAfter(2000, device.LeaseRequest(4096));
            Lease lease = device.Lease;
            world.Block([.. Enumerable.Range(lease.First, lease.Count).Select(unit => device.Proof(unit))]);
            given += lease.Count;
        }

        Assert.Equal(ushort.MaxValue, given);
        Assert.True(world.State.TryGetTask(post, out TaskRecord? task));
        Assert.Equal(TaskPhase.Completed, task.Phase);
        Assert.Equal(ushort.MaxValue - 1, device.Lease.First + device.Lease.Count - 1);
    }

    [Fact]
    public void ReturnedUnitsOfTheLargestTaskSurviveARestart()
    {
        var world = new World(new NetworkParameters { SampleRate = 0, LeaseDurationMs = 1000 });
        Hash256 post = world.Post(ushort.MaxValue, steps: 1);
        TestDevice device = world.Ready();
        world.Accept(device.LeaseRequest(256));
        world.Block([.. Enumerable.Range(0, 128).Select(index => device.Proof(index * 2))]);
        world.BlockAfter(5000);
        Assert.True(world.State.TryGetTask(post, out TaskRecord? task));
        Assert.Equal(ushort.MaxValue - 128, task.AvailableUnits);
        Assert.Equal(world.State.Root, world.Reload().Root);
        world.Accept(device.LeaseRequest(256));
        Assert.Equal((post, 1, 1), Range(device)); // the lowest run, however short
    }

    private static (Hash256 Post, int First, int Count) Range(TestDevice device) =>
        (device.Lease.PostId, device.Lease.First, device.Lease.Count);
}
