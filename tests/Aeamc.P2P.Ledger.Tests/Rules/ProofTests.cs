using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger.Tests;

public class ProofTests
{
    [Fact]
    public void ReputationRisesByTheFormula()
    {
        var world = new World();
        world.Post(steps: 1, units: 100);
        TestDevice device = world.Ready();
        world.Accept(device.LeaseRequest(100));
        ulong expected = 500;
        for (int unit = 0; unit < 100; unit++)
        {
            world.Accept(device.Proof(unit));
            expected += 10 - expected / 100;
        }

        Assert.Equal(expected, world.State.Reputation(device.Id));
        Assert.Equal(100UL, device.Record.Succeeded);
    }

    [Fact]
    public void WrongResultCostsReputationAndTheLease()
    {
        var world = new World(new NetworkParameters { SampleRate = 10_000 });
        Hash256 post = world.Post();
        TestDevice device = world.Ready();
        world.Accept(device.LeaseRequest(4));
        BlockResult result = world.Block(device.Proof(0), device.WrongProof(1), device.Proof(2));

        Assert.Equal(
            [RefusalCode.None, RefusalCode.OutputWrong, RefusalCode.LeaseExpired],
            result.Outcomes.Select(outcome => outcome.Code));
        Assert.Equal(505UL - 20, world.State.Reputation(device.Id));
        Assert.Equal(1UL, world.State.Counters.OutputsWrong);
        Assert.Equal(2UL, world.State.Counters.ProofsRefused);
        Assert.True(world.State.TryGetTask(post, out TaskRecord? task));
        Assert.Equal(7, task.AvailableUnits);
    }

    [Fact]
    public void WrongTraceIsFoundToo()
    {
        var world = new World(new NetworkParameters { SampleRate = 10_000 });
        world.Post();
        TestDevice device = world.Ready();
        world.Accept(device.LeaseRequest());
        DecodedEntry wrong = device.Proof(0, proof => proof with
        {
            TraceRoot = Hash256.Zero,
            Checkpoint = TaskProof.CheckpointOf(proof.TaskId, proof.DeviceNonce, Hash256.Zero),
        });
        Assert.Equal(RefusalCode.None, world.Machine.Precheck(world.State, wrong, world.Now));
        Assert.Equal(RefusalCode.OutputWrong, world.Apply(wrong));
    }

    [Fact]
    public void BlockBelowTheBoundIsLiftedByTime()
    {
        var world = new World(new NetworkParameters { SampleRate = 10_000, ReputationPenalty = 70, HeartbeatWindowMs = 200_000_000 });
        world.Post();
        TestDevice device = world.Ready();
        for (int failure = 1; failure <= 5; failure++)
        {
            Assert.False(world.Now < device.Record.BlockedUntil);
            world.Accept(device.LeaseRequest());
            Assert.Equal(RefusalCode.OutputWrong, world.Apply(device.WrongProof(device.Lease.First)));
        }

        Assert.Equal(150UL, world.State.Reputation(device.Id));
        Assert.Equal(RefusalCode.DeviceBlocked, world.Apply(device.LeaseRequest()));
        world.BlockAfter(world.State.Parameters.BlockDurationMs);
        world.Post();
        world.Accept(device.LeaseRequest());
    }

    [Fact]
    public void RecomputingIsBoundedPerBlock()
    {
        var world = new World(new NetworkParameters { SampleRate = 10_000, MaxRecomputedSteps = 8 });
        world.Post(steps: 4);
        TestDevice device = world.Ready();
        world.Accept(device.LeaseRequest(4));
        BlockResult result = world.Block(device.Proof(0), device.Proof(1), device.WrongProof(2));

        // Two units of four steps each fill the block's allowance.
        Assert.All(result.Outcomes, outcome => Assert.Equal(RefusalCode.None, outcome.Code));
    }

    [Fact]
    public void SampleIsDrawnFromTheParentBlockAndTheTask()
    {
        int wrong = 0;
        var world = new World(new NetworkParameters { SampleRate = 2_500, ReputationPenalty = 0 });
        world.Post(units: 256, steps: 1);
        TestDevice device = world.Ready();
        for (int round = 0; round < 256; round++)
        {
            world.Apply(device.LeaseRequest());
            wrong += world.Apply(device.WrongProof(device.Lease.First)) == RefusalCode.OutputWrong ? 1 : 0;
        }

        Assert.InRange(wrong, 40, 90);
    }

    [Fact]
    public void PrecheckGivesTheSameCodesAndChangesNothing()
    {
        var world = new World();
        world.Post();
        TestDevice device = world.Ready();
        world.Accept(device.LeaseRequest(2));
        DecodedEntry proof = device.Proof(0);
        Hash256 root = world.State.Root;
        Assert.Equal(RefusalCode.None, world.Machine.Precheck(world.State, proof, world.Now));
        Assert.Equal(RefusalCode.None, world.Machine.Precheck(world.State, proof, world.Now));
        Assert.Equal(root, world.State.Root);
        world.Accept(proof);
        Assert.Equal(RefusalCode.ProofDuplicate, world.Machine.Precheck(world.State, proof, world.Now));
        Assert.Equal(RefusalCode.LeaseUnfinished, world.Machine.Precheck(world.State, device.LeaseRequest(), world.Now.Plus(1)));
        Assert.Equal(RefusalCode.TimestampExpired, world.Machine.Precheck(world.State, device.Proof(1), world.Now.Plus(400_000)));
    }

    [Fact]
    public void RegistrationGivesTheStartingRecord()
    {
        var world = new World();
        TestDevice device = world.Register(p256: true);
        DeviceRecord record = device.Record;
        Assert.Equal(DeviceStanding.Registered, record.Standing);
        Assert.Equal(device.Key, record.Key);
        Assert.Equal(FakeCrypto.Ed25519Key("recovery"), record.RecoveryKey);
        Assert.Equal(500UL, record.Reputation);
        Assert.Equal([TaskKind.HashChain], record.Capabilities);
        Assert.Equal(1UL, world.State.Counters.Devices);
        DecodedEntry other = world.Sign(device.Registration().Payload, FakeCrypto.P256Key("thief"));
        Assert.Equal(RefusalCode.KeyMismatch, world.Apply(other));
    }

    [Fact]
    public void TenThousandProofsOfFiftyDevicesAreFiftyTwoWrites()
    {
        var world = new World();
        world.Post(10_000, steps: 1);
        TestDevice[] devices = [.. Enumerable.Range(0, 50).Select(index => world.Ready($"d{index}"))];
        world.Block([.. devices.Select(device => device.LeaseRequest(200))]);
        DecodedEntry[] proofs =
        [
            .. devices.SelectMany(device => Enumerable.Range(device.Lease.First, device.Lease.Count).Select(unit => device.Proof(unit))),
        ];
        BlockResult result = world.Block(proofs);
        Assert.Equal(10_000, result.ProofsCounted);
        Assert.Equal(52, result.Changes.Count);
        Assert.Equal(1UL, world.State.Counters.TasksCompleted);
    }
}
