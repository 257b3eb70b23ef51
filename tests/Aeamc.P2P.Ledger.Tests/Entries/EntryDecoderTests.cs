using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger.Tests;

public class EntryDecoderTests
{
    private readonly World _world = new();

    [Fact]
    public void SignatureIsBoundToNetworkAndKind()
    {
        byte[] payload = new DkgPost(EntryKind.DkgDeal, 0, [1]).Encode();
        PublicKey key = PublicKey.Of(_world.Members[0]);
        byte[] signature = FakeCrypto.Sign(SignatureAlgorithm.Ed25519, key, Envelope.SignedMessage(World.Network, EntryKind.DkgDeal, payload));
        byte[] bytes = new Envelope(payload, key, SignatureAlgorithm.Ed25519, signature).Encode();

        Assert.Equal(RefusalCode.None, Check(World.Network, EntryKind.DkgDeal, bytes));
        Assert.Equal(RefusalCode.SignatureInvalid, Check(World.Network, EntryKind.DkgComplain, bytes));
        Assert.Equal(RefusalCode.SignatureInvalid, Check("othernet", EntryKind.DkgDeal, bytes));
        Assert.Equal(RefusalCode.MalformedEntry, Check(World.Network, EntryKind.TaskPost, bytes));
    }

    [Fact]
    public void TwinSignaturesMakeOneEntry()
    {
        byte[] payload = new AnchorRecord(new Height(1), 1, Hash256.Zero).Encode();
        PublicKey key = FakeCrypto.P256Key("twin");
        byte[] one = new Envelope(payload, key, SignatureAlgorithm.Es256, new byte[64]).Encode();
        byte[] other = new Envelope(payload, key, SignatureAlgorithm.Es256, [.. Enumerable.Repeat((byte)1, 64)]).Encode();

        Assert.True(_world.Decoder.TryDecode(new LedgerEntry(EntryKind.AnchorRecord, one), out DecodedEntry? first));
        Assert.True(_world.Decoder.TryDecode(new LedgerEntry(EntryKind.AnchorRecord, other), out DecodedEntry? second));
        Assert.Equal(first.Id, second.Id);
    }

    [Fact]
    public void AlgorithmMustFitKeyAndSignature()
    {
        byte[] payload = new AnchorRecord(new Height(1), 1, Hash256.Zero).Encode();
        PublicKey ed25519 = FakeCrypto.Ed25519Key("a");
        PublicKey p256 = FakeCrypto.P256Key("a");
        byte[] der = Convert.FromHexString("3006020101020102");

        Assert.True(Reads(new Envelope(payload, ed25519, SignatureAlgorithm.Ed25519, new byte[64])));
        Assert.True(Reads(new Envelope(payload, p256, SignatureAlgorithm.Es256, new byte[64])));
        Assert.True(Reads(new Envelope(payload, p256, SignatureAlgorithm.Es256Der, der)));
        Assert.False(Reads(new Envelope(payload, ed25519, SignatureAlgorithm.Es256, new byte[64])));
        Assert.False(Reads(new Envelope(payload, p256, SignatureAlgorithm.Ed25519, new byte[64])));
        Assert.False(Reads(new Envelope(payload, p256, SignatureAlgorithm.Es256, der)));
        Assert.False(Reads(new Envelope(payload, p256, SignatureAlgorithm.Es256Der, new byte[64])));
        Assert.False(Reads(new Envelope(payload, ed25519, SignatureAlgorithm.Ed25519, new byte[63])));
        Assert.False(Reads(new Envelope(payload, ed25519, SignatureAlgorithm.None, new byte[64])));
    }

    [Theory]
    [InlineData((byte)0)]
    [InlineData((byte)14)]
    [InlineData((byte)255)]
    public void UnknownKindsAreRefused(byte kind)
    {
        Assert.False(_world.Decoder.TryDecode(new LedgerEntry((EntryKind)kind, new byte[] { 0x90 }), out _));
    }

    [Fact]
    public void NothingThatAStrangerSendsThrows()
    {
        var random = new Random(20_261_122);
        DecodedEntry[] seeds = Samples();
        for (int round = 0; round < 40_000; round++)
        {
            DecodedEntry seed = seeds[random.Next(seeds.Length)];
            byte[] bytes = seed.Entry.Bytes.ToArray();
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bytes = Mutate(random, bytes);
            }

            EntryKind kind = random.Next(8) == 0 ? (EntryKind)random.Next(16) : seed.Kind;
            if (_world.Decoder.TryDecode(new LedgerEntry(kind, bytes), out DecodedEntry? decoded))
            {
                // What reads has one encoding only, so re-encoding it gives the bytes that were read.
                Assert.True(kind.IsV1() ? decoded.Payload.Encode().AsSpan().SequenceEqual(bytes) : IsPart(decoded, bytes));
                _world.Machine.Precheck(_world.State, decoded, _world.Now);
            }

            EntryPayload.TryDecode(kind, bytes, out _);
            GenesisDocument.TryDecode(bytes, out _);
        }
    }

    private DecodedEntry[] Samples()
    {
        TestDevice device = _world.Register();
        TestDeviceV1 old = _world.ReadyV1();
        _world.Post();
        _world.Accept(device.Heartbeat());
        _world.Accept(device.LeaseRequest(4));
        _world.Accept(old.LeaseRequest());
        return
        [
            device.Registration(), device.Heartbeat(), device.LeaseRequest(), device.Proof(1), old.Heartbeat(), old.LeaseRequest(), old.Proof(),
            _world.PostEntry(), _world.ByMember(0, new DkgPost(EntryKind.DkgDeal, 0, new byte[300])),
            _world.ByMember(1, new DkgPost(EntryKind.DkgComplain, 0, [1])),
            _world.ByMember(2, new DkgConfirmation(0, [2, .. new byte[32]], Hash256.Zero)),
            _world.ByMember(3, new AnchorRecord(new Height(1), 5, Hash256.Zero)), _world.ByMember(0, new EvidenceReport(new byte[64])),
        ];
    }

    private static byte[] Mutate(Random random, byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return [(byte)random.Next(256)];
        }

        int place = random.Next(bytes.Length);
        switch (random.Next(5))
        {
            case 0:
                return bytes[..place];
            case 1:
                return [.. bytes[..place], (byte)random.Next(256), .. bytes[place..]];
            case 2:
                return [.. bytes[..place], .. bytes[(place + 1)..]];
            case 3:
                bytes[place] = (byte)random.Next(0xc0, 0x100);
                return bytes;
            default:
                bytes[place] ^= (byte)(1 << random.Next(8));
                return bytes;
        }
    }

    private static bool IsPart(DecodedEntry decoded, byte[] bytes) => bytes.AsSpan().IndexOf(decoded.Payload.Encode()) >= 0;

    private RefusalCode Check(string network, EntryKind kind, byte[] bytes) =>
        EntryValidity.Check(new EntryDecoder(network), new LedgerEntry(kind, bytes), _world.Crypto, out _);

    private bool Reads(Envelope envelope) => _world.Decoder.TryDecode(new LedgerEntry(EntryKind.AnchorRecord, envelope.Encode()), out _);
}
