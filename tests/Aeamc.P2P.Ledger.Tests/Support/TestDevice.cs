using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger.Tests;

internal sealed class TestDevice(World world, PublicKey key)
{
    public static readonly Telemetry Good = new(8000, false, 1000, 4500, 50, 10_000);

    public PublicKey Key => key;

    public DeviceId? V1Id { get; init; }

    public Inception Inception => new(key, FakeCrypto.Ed25519Key("recovery"), [TaskKind.HashChain], V1Id);

    public DeviceId Id => Inception.DeviceId();

    public DeviceRecord Record
    {
        get
        {
            Assert.True(world.State.TryGetDevice(Id, out DeviceRecord? record));
            return record;
        }
    }

    public Lease Lease => Record.Lease!;

    public DecodedEntry Registration(long offsetMs = 0) =>
        world.Sign(new DeviceRegistration(Inception, world.Nonce(), At(offsetMs)), key);

    public DecodedEntry Heartbeat(Telemetry? telemetry = null, long offsetMs = 0, PublicKey? signer = null) =>
        world.Sign(new Heartbeat(Id, At(offsetMs), world.Nonce(), telemetry ?? Good), signer ?? key);

    public DecodedEntry LeaseRequest(ushort count = 1, long offsetMs = 0, PublicKey? signer = null) =>
        world.Sign(new LeaseRequest(Id, count, At(offsetMs), world.Nonce()), signer ?? key);

    public DecodedEntry Proof(int unit, Func<TaskProof, TaskProof>? change = null, PublicKey? signer = null, long offsetMs = 0)
    {
        Lease lease = Lease;
        Assert.True(world.State.TryGetTask(lease.PostId, out TaskRecord? task));
        Hash256 taskId = TaskUnit.Id(lease.PostId, (uint)unit);
        TaskResult result = HashChain.Execute(task.Input, (uint)unit, task.Steps, task.Segment);
        byte[] nonce = world.Nonce();
        var proof = new TaskProof(
            Id, taskId, lease.Id, (ushort)unit, At(offsetMs), result.Output, nonce, result.TraceRoot,
            TaskProof.CheckpointOf(taskId, nonce, result.TraceRoot), 12, -34);
        return world.Sign(change is null ? proof : change(proof), signer ?? key);
    }

    /// <summary>A proof that is right in form and wrong in its result.</summary>
    public DecodedEntry WrongProof(int unit) => Proof(unit, proof => proof with { OutputDigest = Hash256.Of("wrong"u8) });

    private Timestamp At(long offsetMs) => new(checked((ulong)((long)world.Now.Milliseconds + offsetMs)));
}

internal sealed class TestDeviceV1(World world, string id, PublicKey key)
{
    public PublicKey Key => key;

    public DeviceId Id { get; } = DeviceId.TryParseV1(id, out DeviceId parsed) ? parsed : throw new ArgumentException(id, nameof(id));

    public DeviceRecord Record
    {
        get
        {
            Assert.True(world.State.TryGetDevice(Id, out DeviceRecord? record));
            return record;
        }
    }

    public DecodedEntry Heartbeat(Telemetry? telemetry = null) =>
        world.Unsigned(new HeartbeatV1(Id, world.Now, telemetry ?? Telemetry.OfV1(8000, false, 4500, 50)));

    public DecodedEntry LeaseRequest() => world.Unsigned(new LeaseRequestV1(Id, world.Now, world.Nonce()));

    public DecodedEntry Proof(PublicKey? signer = null, string? output = null, long offsetMs = 0, Hash256? taskId = null)
    {
        Lease lease = Record.Lease!;
        Assert.True(world.State.TryGetTask(lease.PostId, out TaskRecord? task));
        Hash256 unit = taskId ?? TaskUnit.Id(lease.PostId, lease.First);
        TaskResult result = HashChain.Execute(task.Input, lease.First, task.Steps, task.Segment);
        long time = (long)world.Now.Milliseconds + offsetMs;
        string digest = output ?? result.Output.ToString();
        string text = $"{unit}{id}{time}{digest}";
        byte[] signature = FakeCrypto.Sign(SignatureAlgorithm.Es256Der, signer ?? key, System.Text.Encoding.UTF8.GetBytes(text));
        RefusalCode code = TaskProofV1.TryCreate(unit.ToString(), id, time, digest, "dummy_checkpoint", 5, -1, signature, out TaskProofV1? proof);
        Assert.Equal(RefusalCode.None, code);
        return world.Unsigned(proof!);
    }

    /// <summary>Asks for a task and answers it; the outcome of the proof.</summary>
    public RefusalCode Work()
    {
        world.Accept(LeaseRequest());
        return world.Apply(Proof());
    }
}
