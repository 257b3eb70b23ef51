using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger.Tests;

/// <summary>Phase-1 devices, whose key is found from two proofs. The recovery here is a stand-in; the real one is P-256's, in Aeamc.P2P.Cryptography.</summary>
public class ProofV1Tests
{
    private readonly World _world = new();

    [Fact]
    public void FirstProofIsHeldAndTheSecondCountsBoth()
    {
        Hash256 post = _world.Post();
        TestDeviceV1 device = _world.ReadyV1();
        Assert.Equal(DeviceStanding.Unproven, device.Record.Standing);
        _world.Accept(device.LeaseRequest());
        DecodedEntry first = device.Proof();
        EntryOutcome held = _world.Block(first).Outcomes[0];
        Assert.Equal((EntryStatus.Held, RefusalCode.ProbationPending), (held.Status, held.Code));
        Assert.Equal(DeviceStanding.Probation, device.Record.Standing);
        Assert.Equal(0UL, _world.State.Counters.ProofsCounted);
        Assert.Equal(_world.State.Root, _world.Reload().Root);

        _world.Accept(device.LeaseRequest());
        BlockResult result = _world.Block(device.Proof());
        Assert.Equal(EntryStatus.Accepted, result.Outcomes[0].Status);
        Assert.Equal([new HeldSettlement(first.Id, true)], result.HeldSettled);
        Assert.Equal(2, result.ProofsCounted);
        Assert.Equal(DeviceStanding.Trusted, device.Record.Standing);
        Assert.Equal(device.Key, device.Record.Key);
        Assert.Equal(2UL, device.Record.Succeeded);
        Assert.Equal((1UL, 0UL), (_world.State.Counters.Devices, _world.State.Counters.UnprovenV1Devices));
        Assert.True(_world.State.TryGetTask(post, out TaskRecord? task));
        Assert.Equal(2, task.ProvenUnits);
    }

    [Fact]
    public void TrustedDeviceIsVerifiedUnderItsKey()
    {
        _world.Post();
        TestDeviceV1 device = Trusted();
        _world.Accept(device.LeaseRequest());
        Assert.Equal(RefusalCode.SignatureInvalid, _world.Apply(device.Proof(FakeCrypto.P256Key("thief"))));
        _world.Accept(device.Proof());
        Assert.Equal(RefusalCode.ProofDuplicate, _world.Apply(device.Proof()));
        Assert.Equal(RefusalCode.LeaseUnknown, _world.Apply(device.Proof(taskId: Hash256.Of("other"u8))));
    }

    [Fact]
    public void AnotherKeyOnProbationIsRefusedAndTheFirstUseStands()
    {
        _world.Post();
        TestDeviceV1 device = _world.ReadyV1();
        Assert.Equal(RefusalCode.ProbationPending, device.Work());
        _world.Accept(device.LeaseRequest());
        Assert.Equal(RefusalCode.KeyMismatch, _world.Apply(device.Proof(FakeCrypto.P256Key("thief"))));
        _world.Accept(device.Proof());
        Assert.Equal(device.Key, device.Record.Key);
    }

    [Fact]
    public void HeldProofIsADuplicateOfItself()
    {
        _world.Post();
        TestDeviceV1 device = _world.ReadyV1();
        _world.Accept(device.LeaseRequest());
        DecodedEntry proof = device.Proof();
        Assert.Equal(RefusalCode.ProbationPending, _world.Apply(proof));
        Assert.Equal(RefusalCode.ProofDuplicate, _world.Apply(proof));
        _world.Accept(device.LeaseRequest());
        Assert.Equal(RefusalCode.ProofDuplicate, _world.Apply(proof));
    }

    [Fact]
    public void SignatureThatRecoversNoKeyIsRefused()
    {
        _world.Post();
        TestDeviceV1 device = _world.ReadyV1();
        _world.Crypto.RefusesRecovery = true;
        Assert.Equal(RefusalCode.SignatureInvalid, device.Work());
    }

    [Fact]
    public void HoldRunsOutAndTheUnitGoesBack()
    {
        Hash256 post = _world.Post(units: 1, deadlineMs: 30_000_000);
        TestDeviceV1 device = _world.ReadyV1();
        Assert.Equal(RefusalCode.ProbationPending, device.Work());
        Assert.Empty(_world.State.TasksWithWork);
        BlockResult result = _world.BlockAfter(_world.State.Parameters.ProbationHoldMs + 1);
        Assert.False(Assert.Single(result.HeldSettled).Counted);
        Assert.Equal([post], _world.State.TasksWithWork);

        // Silent as long as that, it is forgotten with the same step or the next.
        _world.Block();
        Assert.False(_world.State.TryGetDevice(device.Id, out _));
        Assert.Equal(0UL, _world.State.Counters.UnprovenV1Devices);
        Assert.Equal(_world.State.Root, _world.Reload().Root);
    }

    [Fact]
    public void UnprovenDevicesAreCappedAndForgotten()
    {
        var world = new World(new NetworkParameters { SampleRate = 0, MaxUnprovenV1Devices = 2 });
        world.ReadyV1("0000000000000001");
        world.ReadyV1("0000000000000002");
        var third = new TestDeviceV1(world, "0000000000000003", world.Crypto.V1Key("3"));
        Assert.Equal(RefusalCode.DeviceCapacity, world.Apply(third.Heartbeat()));
        world.BlockAfter(world.State.Parameters.V1IdleMs + 1000);
        Assert.Equal(0UL, world.State.Counters.UnprovenV1Devices);
        world.Accept(third.Heartbeat());
    }

    [Fact]
    public void RegistrationWithTheSameKeyKeepsTheHistory()
    {
        _world.Post();
        TestDeviceV1 old = Trusted();
        ulong? reputation = _world.State.Reputation(old.Id);
        _world.Accept(old.LeaseRequest());
        var device = new TestDevice(_world, old.Key) { V1Id = old.Id };
        _world.Accept(device.Registration());
        Assert.Equal(reputation, _world.State.Reputation(device.Id));
        Assert.Equal(old.Id, device.Record.Linked);
        Assert.Equal(DeviceStanding.Superseded, old.Record.Standing);
        Assert.True(old.Record.Lease!.Ended);
        Assert.Equal(1UL, _world.State.Counters.Devices);
        Assert.Equal(RefusalCode.V1Superseded, _world.Apply(old.LeaseRequest()));
        Assert.Equal(RefusalCode.V1KeyMismatch, _world.Apply(new TestDevice(_world, FakeCrypto.P256Key("x")) { V1Id = old.Id }.Registration()));
    }

    [Fact]
    public void UnsignedEntriesComeFromMembersOnly()
    {
        var device = new TestDeviceV1(_world, "00112233445566aa", FakeCrypto.P256Key("v1"));
        BlockResult result = _world.BlockFrom(World.Node("stranger"), 1000, device.Heartbeat());
        Assert.Equal(RefusalCode.NotAMember, result.Outcomes[0].Code);
    }

    [Fact]
    public void SameLeaseRequestIsServedOnce()
    {
        _world.Post();
        TestDeviceV1 device = _world.ReadyV1();
        DecodedEntry request = device.LeaseRequest();
        _world.Accept(request);
        Assert.Equal(RefusalCode.ProbationPending, _world.Apply(device.Proof()));
        Assert.Equal(RefusalCode.LeaseRequestStale, _world.Apply(request));
    }

    [Fact]
    public void SampledOutputIsRecomputed()
    {
        var world = new World(new NetworkParameters { SampleRate = 10_000 });
        world.Post();
        TestDeviceV1 device = world.ReadyV1();
        world.Accept(device.LeaseRequest());
        Assert.Equal(RefusalCode.OutputWrong, world.Apply(device.Proof(output: new string('a', 64))));
        Assert.Equal(480UL, world.State.Reputation(device.Id));
    }

    private TestDeviceV1 Trusted()
    {
        TestDeviceV1 device = _world.ReadyV1();
        Assert.Equal(RefusalCode.ProbationPending, device.Work());
        Assert.Equal(RefusalCode.None, device.Work());
        return device;
    }
}
