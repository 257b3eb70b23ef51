using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger.Tests;

/// <summary>Frozen wire bytes. The expected figures were computed by an encoder written separately, in another language.</summary>
public class GoldenBytesTests
{
    private static readonly byte[] Nonce = [.. Enumerable.Range(0, 16).Select(value => (byte)value)];
    private static readonly Timestamp Time = new(1_700_000_000_123);
    private static readonly Telemetry Reading = new(8000, true, -1, -100, 50, 4_294_967);
    private static readonly DeviceId Did = new(Fill(0x11));
    private static readonly DeviceId V1 = ParseV1("00112233445566aa");
    private static readonly byte[] Der = Convert.FromHexString("3006020101020102");

    public static TheoryData<EntryKind, string> Payloads => new()
    {
        { EntryKind.DeviceRegistration, "93c44a9501c420e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1c42102e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e29101c0c410000102030405060708090a0b0c0d0e0fcf0000018bcfe5687b" },
        { EntryKind.Heartbeat, "99c4201111111111111111111111111111111111111111111111111111111111111111cf0000018bcfe5687bc410000102030405060708090a0b0c0d0e0fcd1f40c3ffd09c32ce00418937" },
        { EntryKind.HeartbeatV1, "98c40800112233445566aacf0000018bcfe5687bcd1f40c3ffd09c32ce00418937" },
        { EntryKind.TaskProof, "9bc4201111111111111111111111111111111111111111111111111111111111111111c4200101010101010101010101010101010101010101010101010101010101010101c4200202020202020202020202020202020202020202020202020202020202020202cd012ccf0000018bcfe5687bc4200303030303030303030303030303030303030303030303030303030303030303c410000102030405060708090a0b0c0d0e0fc4200404040404040404040404040404040404040404040404040404040404040404c4200505050505050505050505050505050505050505050505050505050505050505cd04d2d0d8" },
        { EntryKind.TaskProofV1, "98c4200101010101010101010101010101010101010101010101010101010101010101c40800112233445566aacf0000018bcfe5687bc4200303030303030303030303030303030303030303030303030303030303030303b064756d6d795f636865636b706f696e74fbcf0000010000000000c4083006020101020102" },
        { EntryKind.TaskPost, "9901c4200606060606060606060606060606060606060606060606060606060606060606cd03e864cdffffcd16f3cf0000018bcfe5687ccf0000018bcfe5687bc410000102030405060708090a0b0c0d0e0f" },
        { EntryKind.LeaseRequest, "94c4201111111111111111111111111111111111111111111111111111111111111111cd0100cf0000018bcfe5687bc410000102030405060708090a0b0c0d0e0f" },
        { EntryKind.LeaseRequestV1, "93c40800112233445566aacf0000018bcfe5687bc410000102030405060708090a0b0c0d0e0f" },
        { EntryKind.DkgDeal, "9203c403010203" },
        { EntryKind.DkgComplain, "9203c40104" },
        { EntryKind.DkgConfirm, "9303c421030707070707070707070707070707070707070707070707070707070707070707c4200808080808080808080808080808080808080808080808080808080808080808" },
        { EntryKind.AnchorRecord, "93ce000186a0cd7a69c4200909090909090909090909090909090909090909090909090909090909090909" },
        { EntryKind.EquivocationEvidence, "91c402aabb" },
    };

    private static EntryPayload Sample(EntryKind kind) => kind switch
    {
        EntryKind.DeviceRegistration => new DeviceRegistration(new Inception(Ed25519(), P256(), [TaskKind.HashChain], null), Nonce, Time),
        EntryKind.Heartbeat => new Heartbeat(Did, Time, Nonce, Reading),
        EntryKind.HeartbeatV1 => new HeartbeatV1(V1, Time, Reading),
        EntryKind.TaskProof => new TaskProof(Did, Fill(1), Fill(2), 300, Time, Fill(3), Nonce, Fill(4), Fill(5), 1234, -40),
        EntryKind.TaskProofV1 => new TaskProofV1(Fill(1), V1, Time, Fill(3), "dummy_checkpoint", -5, 1L << 40, Der),
        EntryKind.TaskPost => new TaskPost(TaskKind.HashChain, Fill(6), 1000, 100, 65_535, new EnergyScore(5875), Time.Plus(1), Time, Nonce),
        EntryKind.LeaseRequest => new LeaseRequest(Did, 256, Time, Nonce),
        EntryKind.LeaseRequestV1 => new LeaseRequestV1(V1, Time, Nonce),
        EntryKind.DkgDeal => new DkgPost(EntryKind.DkgDeal, 3, [1, 2, 3]),
        EntryKind.DkgComplain => new DkgPost(EntryKind.DkgComplain, 3, [4]),
        EntryKind.DkgConfirm => new DkgConfirmation(3, [3, .. Fill(7).ToArray()], Fill(8)),
        EntryKind.AnchorRecord => new AnchorRecord(new Height(100_000), 31_337, Fill(9)),
        EntryKind.EquivocationEvidence => new EvidenceReport([0xaa, 0xbb]),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    [Theory]
    [MemberData(nameof(Payloads))]
    public void PayloadHasItsFrozenBytes(EntryKind kind, string hex)
    {
        Assert.Equal(hex, Convert.ToHexStringLower(Sample(kind).Encode()));
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public void PayloadReadsBackToTheSameBytes(EntryKind kind, string hex)
    {
        Assert.True(EntryPayload.TryDecode(kind, Convert.FromHexString(hex), out EntryPayload? payload));
        Assert.Equal(kind, payload.Kind);
        Assert.Equal(hex, Convert.ToHexStringLower(payload.Encode()));
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public void PayloadWithAByteMoreOrLessIsRefused(EntryKind kind, string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Assert.False(EntryPayload.TryDecode(kind, bytes.AsSpan(0, bytes.Length - 1), out _));
        Assert.False(EntryPayload.TryDecode(kind, [.. bytes, 0], out _));
    }

    [Fact]
    public void EveryKindHasGoldenBytes()
    {
        Assert.Equal(
            Enum.GetValues<EntryKind>().Where(kind => kind != EntryKind.None).Order(),
            Payloads.Select(row => row.Data.Item1).Order());
    }

    [Fact]
    public void EnvelopeHasItsFrozenBytes()
    {
        byte[] payload = Sample(EntryKind.Heartbeat).Encode();
        byte[] signature = [.. Enumerable.Repeat((byte)0x5a, 64)];
        byte[] bytes = new Envelope(payload, Ed25519(), SignatureAlgorithm.Ed25519, signature).Encode();
        Assert.Equal("94c44b99c4201111111111111111111111111111111111111111111111111111111111111111cf0000018bcfe5687bc410000102030405060708090a0b0c0d0e0fcd1f40c3ffd09c32ce00418937c420e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e101c4405a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a", Convert.ToHexStringLower(bytes));

        Assert.True(new EntryDecoder("testnet").TryDecode(new LedgerEntry(EntryKind.Heartbeat, bytes), out DecodedEntry? entry));
        Assert.Equal("edafbe51908ae6ee2e33436d69fd89fd12989a4a6c17a4d9c1f7630c81b05fba", entry.Id.ToString());
        Assert.Equal("6165616d632f76322f746573746e65742f6865617274626561742f" + Convert.ToHexStringLower(payload), Convert.ToHexStringLower(entry.Claim!.Message.Span));
        Assert.Equal(signature, entry.Claim.Signature.ToArray());
        Assert.Equal(Envelope.SignedMessage("testnet", EntryKind.Heartbeat, payload), entry.Claim.Message.ToArray());
    }

    [Fact]
    public void ProofV1IsIdentifiedByItsSignedText()
    {
        var proof = (TaskProofV1)Sample(EntryKind.TaskProofV1);
        Assert.Equal("010101010101010101010101010101010101010101010101010101010101010100112233445566aa17000000001230303030303030303030303030303030303030303030303030303030303030303", System.Text.Encoding.ASCII.GetString(proof.SignedText()));
        Assert.True(new EntryDecoder("testnet").TryDecode(new LedgerEntry(EntryKind.TaskProofV1, proof.Encode()), out DecodedEntry? entry));
        Assert.Equal("c55b74e7d6050db621f805d66b005788cdd1e04f716a9c0edb0373c9bba58e73", entry.Id.ToString());
        Assert.Null(entry.Claim);
    }

    [Fact]
    public void IdentityIsTheHashOfTheInception()
    {
        var registration = (DeviceRegistration)Sample(EntryKind.DeviceRegistration);
        Assert.Equal("did:aeamc:i6exzwt73bukhvtabbrgs6v5m3quwt6ozcd6txrhhpohzg2epkya", registration.Device.ToString());
    }

    [Fact]
    public void UnitAndCheckpointAreTheDocumentedHashes()
    {
        Assert.Equal("0a22853143bbdfde7af50cb5112a5f08e3d4a819a97c9f8cb099302466dbc07f", TaskUnit.Id(Fill(1), 65_534).ToString());
        Assert.Equal("58f1accf86d678a66568cca0cbdcd7a0cbc845374b401427116edc4822021ca9", TaskProof.CheckpointOf(Fill(1), Nonce, Fill(4)).ToString());
    }

    [Fact]
    public void HashChainComputesItsFrozenResult()
    {
        TaskResult result = HashChain.Execute(Fill(6), 3, 5, 2);
        Assert.Equal("1dc34978fd20262dd1aa31e798a47a2565fd0e3622847282f12aedf3386ff8d5", result.Output.ToString());
        Assert.Equal("15f9a0cc06fc96ff759be31620956dc265aacc7d61dbacec528780e66c627040", result.TraceRoot.ToString());
    }

    [Fact]
    public void GenesisHasItsFrozenBytes()
    {
        var document = new GenesisDocument(
            "testnet",
            7,
            Time,
            [
                new GenesisMember(new NodeId(Fill(1).ToArray()), "one", "/ip4/127.0.0.1/tcp/1") { DkgKey = new byte[] { 2 }.Concat(Fill(0xd1).ToArray()).ToArray() },
                new GenesisMember(new NodeId(Fill(2).ToArray())) { DkgKey = new byte[] { 3 }.Concat(Fill(0xd2).ToArray()).ToArray() },
            ],
            NetworkParameters.Default,
            [Ed25519(), P256()]);
        string hex = Convert.ToHexStringLower(document.Encode());
        Assert.Equal("9701a7746573746e657407cf0000018bcfe5687b9294c4200101010101010101010101010101010101010101010101010101010101010101a36f6e65b42f6970342f3132372e302e302e312f7463702f31c42102d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d194c4200202020202020202020202020202020202020202020202020202020202020202a0a0c42103d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2dc001fce000493e0cd7530ce000dbba001cd03e8cd09c4cd0100ce0001d4c0ce0036ee8064ce00010000ce00100000ce9a7ec800ce05265c00cd2710cd01f414cd012c05ce05265c0001ce000186a0ce0036ee80ce00989680cdea60cd0400cd2710cd01f4cd177000ce0036ee8092c420e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1c42102e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2", hex);
        Assert.Equal("9434b3a45ef88400ed678824d585edfa618b6942c31aef649b2fd649a04d31c0", document.Hash().ToString());
        Assert.Equal("d63c1bddee0d53395e0a8fc31396fb921e52ca10f1fb068a2de4b5332c514fe2", NetworkParameters.Default.Hash().ToString());
        Assert.True(GenesisDocument.TryDecode(Convert.FromHexString(hex), out GenesisDocument? read));
        Assert.Equal(document.Hash(), read.Hash());
    }

    private static Hash256 Fill(byte value) => new([.. Enumerable.Repeat(value, 32)]);

    private static PublicKey Ed25519() => PublicKey.TryParse(Fill(0xe1).ToArray(), out PublicKey key) ? key : throw new InvalidOperationException();

    private static PublicKey P256() => PublicKey.TryParse([2, .. Fill(0xe2).ToArray()], out PublicKey key) ? key : throw new InvalidOperationException();

    private static DeviceId ParseV1(string text) => DeviceId.TryParseV1(text, out DeviceId id) ? id : throw new InvalidOperationException();
}
