using System.Text.RegularExpressions;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger.Tests;

/// <summary>Every refusal code is reached by an entry that deserves it, and has a stable code and a sentence.</summary>
public partial class RefusalCodeTests
{
    private static readonly NetworkParameters Unsampled = new() { SampleRate = 0 };

    private static readonly SortedDictionary<RefusalCode, Func<RefusalCode>> Scenarios = new()
    {
        [RefusalCode.None] = () =>
        {
            var world = new World();
            return world.Apply(new TestDevice(world, FakeCrypto.P256Key("a")).Registration());
        },
        [RefusalCode.MalformedEntry] = () => Validity(bytes => bytes[..^1]),
        [RefusalCode.SignatureInvalid] = () => Validity(bytes => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]),
        [RefusalCode.SignatureMalformed] = () => CreateV1(signature: "3006020101020102ff"),
        [RefusalCode.TaskIdMalformed] = () => CreateV1(taskId: new string('A', 64)),
        [RefusalCode.DeviceIdMalformed] = () => CreateV1(deviceId: "00112233445566AA"),
        [RefusalCode.TimestampMalformed] = () => CreateV1(timestamp: 999_999_999_999),
        [RefusalCode.DigestMalformed] = () => CreateV1(digest: new string('a', 63)),
        [RefusalCode.KeyMismatch] = () => WithLease((world, device) => world.Apply(device.Proof(0, signer: FakeCrypto.Ed25519Key("thief")))),
        [RefusalCode.TimestampExpired] = () => WithLease((world, device) => world.Apply(device.Proof(0, offsetMs: -299_001))),
        [RefusalCode.TimestampAhead] = () => WithLease((world, device) => world.Apply(device.Proof(0, offsetMs: 31_001))),
        [RefusalCode.DeviceUnknown] = () =>
        {
            var world = new World();
            return world.Apply(new TestDevice(world, FakeCrypto.Ed25519Key("a")).Heartbeat());
        },
        [RefusalCode.DeviceExists] = () => With((world, device) => world.Apply(device.Registration())),
        [RefusalCode.DeviceBlocked] = () => With(
            new NetworkParameters { SampleRate = 10_000, ReputationPenalty = 1000, BlockAfterTasks = 1 },
            (world, device) =>
            {
                world.Post();
                world.Accept(device.Heartbeat());
                world.Accept(device.LeaseRequest());
                Assert.Equal(RefusalCode.OutputWrong, world.Apply(device.WrongProof(0)));
                return world.Apply(device.LeaseRequest());
            }),
        [RefusalCode.DeviceCapacity] = () => With(
            Unsampled with { MaxDevices = 1 },
            (world, _) => world.Apply(new TestDevice(world, FakeCrypto.Ed25519Key("second")).Registration())),
        [RefusalCode.V1Disabled] = () => With(
            Unsampled with { V1Enabled = 0 },
            (world, _) => world.Apply(new TestDeviceV1(world, "00112233445566aa", FakeCrypto.P256Key("v1")).Heartbeat())),
        [RefusalCode.V1Superseded] = () =>
        {
            (World world, TestDeviceV1 old) = Trusted();
            world.Accept(new TestDevice(world, old.Key) { V1Id = old.Id }.Registration());
            return world.Apply(old.Heartbeat());
        },
        [RefusalCode.V1KeyMismatch] = () =>
        {
            (World world, TestDeviceV1 old) = Trusted();
            return world.Apply(new TestDevice(world, FakeCrypto.P256Key("thief")) { V1Id = old.Id }.Registration());
        },
        [RefusalCode.HeartbeatStale] = () => With((world, device) =>
        {
            DecodedEntry heartbeat = device.Heartbeat();
            world.Accept(heartbeat);
            return world.Apply(heartbeat);
        }),
        [RefusalCode.HeartbeatTooSoon] = () => With(
            Unsampled with { HeartbeatMinIntervalMs = 1001 },
            (world, device) =>
            {
                world.Accept(device.Heartbeat());
                return world.Apply(device.Heartbeat());
            }),
        [RefusalCode.RequesterUnknown] = () =>
        {
            var world = new World();
            return world.Apply(world.Sign(world.PostEntry().Payload, FakeCrypto.Ed25519Key("stranger")));
        },
        [RefusalCode.TaskKindUnknown] = () =>
        {
            var world = new World();
            return world.Apply(world.PostEntry(kind: (TaskKind)2));
        },
        [RefusalCode.TaskShapeInvalid] = () =>
        {
            var world = new World();
            return world.Apply(world.PostEntry(units: 0));
        },
        [RefusalCode.TaskDeadlineInvalid] = () =>
        {
            var world = new World();
            return world.Apply(world.PostEntry(deadlineMs: 1000));
        },
        [RefusalCode.TaskDuplicate] = () =>
        {
            var world = new World();
            DecodedEntry post = world.PostEntry();
            world.Accept(post);
            return world.Apply(post);
        },
        [RefusalCode.TaskCapacity] = () =>
        {
            var world = new World(Unsampled with { MaxOpenTasks = 1 });
            world.Post();
            return world.Apply(world.PostEntry());
        },
        [RefusalCode.LeaseCountInvalid] = () => With((world, device) => world.Apply(device.LeaseRequest(257))),
        [RefusalCode.LeaseUnfinished] = () => WithLease((world, device) => world.Apply(device.LeaseRequest())),
        [RefusalCode.LeaseRequestStale] = () => WithLease((world, device) => world.Apply(device.LeaseRequest(offsetMs: -5000))),
        [RefusalCode.HeartbeatsMissing] = () => With((world, device) =>
        {
            world.Post();
            return world.Apply(device.LeaseRequest());
        }),
        [RefusalCode.ScoreBelowGate] = () => With((world, device) =>
        {
            world.Post();
            world.Accept(device.Heartbeat(Telemetry.OfV1(1000, false, -100, -1)));
            return world.Apply(device.LeaseRequest());
        }),
        [RefusalCode.NoTaskAvailable] = () => With((world, device) =>
        {
            world.Accept(device.Heartbeat());
            return world.Apply(device.LeaseRequest());
        }),
        [RefusalCode.LeaseUnknown] = () => WithLease((world, device) =>
            world.Apply(device.Proof(0, proof => proof with { Lease = Hash256.Of("none"u8) }))),
        [RefusalCode.LeaseExpired] = () => WithLease((world, device) =>
        {
            world.BlockAfter(200_000);
            return world.Apply(device.Proof(0));
        }),
        [RefusalCode.UnitNotLeased] = () => WithLease((world, device) => world.Apply(device.Proof(4))),
        [RefusalCode.TaskIdMismatch] = () => WithLease((world, device) => world.Apply(device.Proof(0, proof => proof with { Unit = 1 }))),
        [RefusalCode.CheckpointMismatch] = () => WithLease((world, device) =>
            world.Apply(device.Proof(0, proof => proof with { Checkpoint = Hash256.Zero }))),
        [RefusalCode.ProofDuplicate] = () => WithLease((world, device) =>
        {
            world.Accept(device.Proof(0));
            return world.Apply(device.Proof(0));
        }),
        [RefusalCode.OutputWrong] = () => WithLease(
            new NetworkParameters { SampleRate = 10_000 }, (world, device) => world.Apply(device.WrongProof(0))),
        [RefusalCode.ProbationPending] = () => WithV1((_, device) => device.Work()),
        [RefusalCode.KeyAmbiguous] = () => WithV1((world, device) =>
        {
            world.Crypto.AlwaysRecovers = new RecoveredKeys(FakeCrypto.P256Key("one"), FakeCrypto.P256Key("two"));
            Assert.Equal(RefusalCode.ProbationPending, device.Work());
            return device.Work();
        }),
        [RefusalCode.NotAMember] = () =>
        {
            var world = new World();
            return world.Apply(world.Sign(new DkgPost(EntryKind.DkgDeal, 0, [1]), FakeCrypto.Ed25519Key("stranger")));
        },
        [RefusalCode.DkgSessionWrong] = () =>
        {
            var world = new World();
            return world.Apply(world.ByMember(0, new DkgPost(EntryKind.DkgDeal, 1, [1])));
        },
        [RefusalCode.DkgDuplicate] = () =>
        {
            var world = new World();
            world.Accept(world.ByMember(0, new DkgPost(EntryKind.DkgDeal, 0, [1])));
            return world.Apply(world.ByMember(0, new DkgPost(EntryKind.DkgDeal, 0, [2])));
        },
        [RefusalCode.DkgFinished] = () =>
        {
            var world = new World();
            for (int member = 0; member < 4; member++)
            {
                world.Accept(world.ByMember(member, new DkgConfirmation(0, [2, .. new byte[32]], Hash256.Zero)));
            }

            return world.Apply(world.ByMember(0, new DkgPost(EntryKind.DkgDeal, 0, [1])));
        },
        [RefusalCode.AnchorDuplicate] = () =>
        {
            var world = new World();
            world.Block();
            world.Accept(world.ByMember(0, new AnchorRecord(new Height(1), 5, Hash256.Zero)));
            return world.Apply(world.ByMember(1, new AnchorRecord(new Height(1), 5, Hash256.Of([]))));
        },
        [RefusalCode.AnchorAhead] = () =>
        {
            var world = new World();
            return world.Apply(world.ByMember(0, new AnchorRecord(new Height(1), 5, Hash256.Zero)));
        },
        [RefusalCode.EvidenceInvalid] = () =>
        {
            var world = new World();
            return world.Apply(world.ByMember(0, new EvidenceReport([1])));
        },
        [RefusalCode.EvidenceDuplicate] = () =>
        {
            var world = new World();
            byte[] evidence = FakeCrypto.Evidence(world.Members[1], 0, 1);
            world.Accept(world.ByMember(0, new EvidenceReport(evidence)));
            return world.Apply(world.ByMember(2, new EvidenceReport([.. evidence, 9])));
        },
        [RefusalCode.EvidenceExpired] = () =>
        {
            var world = new World();
            DecodedEntry report = world.ByMember(0, new EvidenceReport(FakeCrypto.Evidence(world.Members[1], 0, 1)));
            var context = new BlockContext(new Height(1), world.Now.Plus(1), world.ParentHash) { View = new View(EvidenceRules.MaximumAge + 2) };
            return world.Machine.Apply(world.State, context, [new BlockEntry(report, world.Members[0])]).Outcomes[0].Code;
        },
    };

    public static TheoryData<RefusalCode> All => [.. Enum.GetValues<RefusalCode>()];

    [Theory]
    [MemberData(nameof(All))]
    public void CodeIsReached(RefusalCode code) => Assert.Equal(code, Scenarios[code]());

    [Fact]
    public void AnotherKeyThanItsOwnSpeaksForADeviceInNothing()
    {
        PublicKey thief = FakeCrypto.Ed25519Key("thief");
        var world = new World(Unsampled);
        world.Post();
        TestDevice device = world.Ready();

        Assert.Equal(RefusalCode.KeyMismatch, world.Apply(device.Heartbeat(signer: thief)));
        Assert.Equal(RefusalCode.KeyMismatch, world.Apply(device.LeaseRequest(signer: thief)));
        world.Accept(device.LeaseRequest());
        Assert.Equal(RefusalCode.KeyMismatch, world.Apply(device.Proof(0, signer: thief)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void CodeIsStableAndExplained(RefusalCode code)
    {
        Assert.Matches(SnakeCase(), code.Code());
        Assert.EndsWith(".", code.Explain(), StringComparison.Ordinal);
        Assert.Equal(code.ToString(), string.Concat(code.Code().Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..])));
    }

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
    private static partial Regex SnakeCase();

    private static RefusalCode Validity(Func<byte[], byte[]> change)
    {
        var world = new World();
        byte[] bytes = change(world.PostEntry().Entry.Bytes.ToArray());
        return EntryValidity.Check(world.Decoder, new LedgerEntry(EntryKind.TaskPost, bytes), world.Crypto, out _);
    }

    private static RefusalCode CreateV1(
        string? taskId = null,
        string deviceId = "00112233445566aa",
        long timestamp = 1_700_000_000_000,
        string? digest = null,
        string signature = "3006020101020102") =>
        TaskProofV1.TryCreate(
            taskId ?? new string('a', 64), deviceId, timestamp, digest ?? new string('a', 64), null, 0, 0, Convert.FromHexString(signature), out _);

    private static RefusalCode With(Func<World, TestDevice, RefusalCode> scenario) => With(Unsampled, scenario);

    private static RefusalCode With(NetworkParameters parameters, Func<World, TestDevice, RefusalCode> scenario)
    {
        var world = new World(parameters);
        return scenario(world, world.Register());
    }

    private static RefusalCode WithLease(Func<World, TestDevice, RefusalCode> scenario) => WithLease(Unsampled, scenario);

    /// <summary>A device that holds units 0..3 of a task of eight.</summary>
    private static RefusalCode WithLease(NetworkParameters parameters, Func<World, TestDevice, RefusalCode> scenario)
    {
        var world = new World(parameters);
        world.Post();
        TestDevice device = world.Ready();
        world.Accept(device.LeaseRequest(4));
        return scenario(world, device);
    }

    private static RefusalCode WithV1(Func<World, TestDeviceV1, RefusalCode> scenario)
    {
        var world = new World();
        world.Post();
        return scenario(world, world.ReadyV1());
    }

    private static (World World, TestDeviceV1 Device) Trusted()
    {
        var world = new World();
        world.Post();
        TestDeviceV1 device = world.ReadyV1();
        Assert.Equal(RefusalCode.ProbationPending, device.Work());
        Assert.Equal(RefusalCode.None, device.Work());
        return (world, device);
    }
}
