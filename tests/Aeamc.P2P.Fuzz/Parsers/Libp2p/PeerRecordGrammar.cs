using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Records;
using Aeamc.P2P.Libp2p.Records.Wire;
using Google.Protobuf;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>A peer's record, and the envelope around it, which is sealed after the record was changed.</summary>
internal sealed class PeerRecordModel(PeerRecord record)
{
    public PeerRecord Record { get; } = record;

    public ProtobufTree Payload { get; } = ProtobufTree.TryRead(record.ToByteArray()) ?? throw new FuzzException("what protoc writes is a tree of fields");

    /// <summary>Whether it has the domain and type of RFC 0003 (rust), not those of go and js.</summary>
    public bool AsSpecified { get; set; }

    /// <summary>Changes of the sealed envelope, each by its random numbers.</summary>
    public List<int> EnvelopeChanges { get; } = [];

    /// <summary>The envelope.</summary>
    public byte[] Seal()
    {
        byte[] payload = Payload.Write(Mutator.MaxLength);
        byte[] sealedRecord = AsSpecified
            ? SignedEnvelope.Seal(PeerRecordGrammar.Key, SignedPeerRecord.SpecifiedDomain, "/libp2p/routing-state-record"u8, payload)
            : SignedEnvelope.Seal(PeerRecordGrammar.Key, SignedPeerRecord.Domain, [3, 1], payload);
        if (EnvelopeChanges.Count == 0)
        {
            return sealedRecord;
        }

        ProtobufTree envelope = ProtobufTree.TryRead(sealedRecord) ?? throw new FuzzException("what protoc writes is a tree of fields");
        foreach (int seed in EnvelopeChanges)
        {
            var random = new Random(seed);
            envelope.Change(random, leaf => Mutator.ChangeLeaf(leaf, random));
        }

        return envelope.Write(Mutator.MaxLength);
    }

    public void Change(Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                AsSpecified = !AsSpecified;
                break;
            case <= 2:
                EnvelopeChanges.Add(random.Next());
                break;
            default:
                Payload.Change(random, leaf => random.Next(3) == 0 ? MultiaddrGrammar.Broken(random) : Mutator.ChangeLeaf(leaf, random));
                break;
        }
    }
}

/// <summary>Signed peer records whose signature holds for whatever the record says, and envelopes that are wrong.</summary>
internal sealed class PeerRecordGrammar : Grammar<PeerRecordModel>
{
    public static Ed25519PrivateKey Key { get; } = Ed25519PrivateKey.FromSeed(new byte[32]);

    public static PeerId Signer { get; } = PeerId.FromNodeId(Key.PublicKey);

    public static PeerRecordModel Model(Random random)
    {
        var record = new PeerRecord { PeerId = ByteString.CopyFrom(Signer.ToArray()), Seq = random.Next(3) == 0 ? ulong.MaxValue >> random.Next(64) : (ulong)random.Next() };
        for (int i = random.Next(6); i > 0; i--)
        {
            record.Addresses.Add(new PeerRecord.Types.AddressInfo { Multiaddr = ByteString.CopyFrom(MultiaddrGrammar.Address(random).ToArray()) });
        }

        return new PeerRecordModel(record) { AsSpecified = random.Next(3) == 0 };
    }

    protected override PeerRecordModel Make(Random random) => Model(random);

    protected override void Change(PeerRecordModel model, Random random) => model.Change(random);

    protected override byte[] Write(PeerRecordModel model) => model.Seal();

    protected override void Check(PeerRecordModel model, byte[] bytes)
    {
        FuzzTarget.Require(SignedPeerRecord.TryOpen(bytes, out SignedPeerRecord? opened), "a sealed record is opened");
        FuzzTarget.Require(opened!.Peer == Signer && opened.Sequence == model.Record.Seq, "it is the one that was sealed");
        FuzzTarget.Require(
            opened.Addresses.Select(address => ByteString.CopyFrom(address.ToArray())).SequenceEqual(model.Record.Addresses.Select(info => info.Multiaddr)), "so are its addresses");
    }
}
