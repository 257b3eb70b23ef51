using Aeamc.P2P.Libp2p.Multiformats;
using Google.Protobuf;
using Message = Aeamc.P2P.Libp2p.Identify.Wire.Identify;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>An Identify message without its record, and the record, which is sealed into it last.</summary>
internal sealed class IdentifyModel(Message message, PeerRecordModel? record)
{
    public Message Message { get; } = message;

    public ProtobufTree Fields { get; } = ProtobufTree.TryRead(message.ToByteArray()) ?? throw new FuzzException("what protoc writes is a tree of fields");

    public PeerRecordModel? Record { get; } = record;
}

/// <summary>Identify messages, the signed record in them included.</summary>
internal sealed class IdentifyGrammar : Grammar<IdentifyModel>
{
    protected override IdentifyModel Make(Random random)
    {
        var message = new Message { PublicKey = ByteString.CopyFrom(PeerRecordGrammar.Signer.ToPublicKeyProtobuf()) };
        if (random.Next(2) == 0)
        {
            message.AgentVersion = Draw.Text(random, random.Next(300));
            message.ProtocolVersion = new string('é', random.Next(300));
            message.ObservedAddr = ByteString.CopyFrom(MultiaddrGrammar.Address(random).ToArray());
        }

        for (int i = random.Next(20); i > 0; i--)
        {
            message.Protocols.Add("/" + Draw.Text(random, random.Next(40)));
            message.ListenAddrs.Add(ByteString.CopyFrom(MultiaddrGrammar.Address(random).ToArray()));
        }

        return new IdentifyModel(message, random.Next(3) == 0 ? null : PeerRecordGrammar.Model(random));
    }

    protected override void Change(IdentifyModel model, Random random)
    {
        if (model.Record is { } record && random.Next(3) == 0)
        {
            record.Change(random);
        }
        else
        {
            model.Fields.Change(random, leaf => random.Next(3) == 0 ? MultiaddrGrammar.Broken(random) : Mutator.ChangeLeaf(leaf, random));
        }
    }

    protected override byte[] Write(IdentifyModel model)
    {
        byte[] fields = model.Fields.Write(Mutator.MaxLength);
        return model.Record is { } record ? [.. fields, .. new Message { SignedPeerRecord = ByteString.CopyFrom(record.Seal()) }.ToByteArray()] : fields;
    }

    protected override void Check(IdentifyModel model, byte[] bytes)
    {
        var taker = new IdentifyTaker();
        FuzzTarget.Require(taker.Take(bytes, push: false) == FuzzTarget.Taken && taker.Identity is not null, "what a peer says of itself is taken");
        FuzzTarget.Require(taker.Identity!.AgentVersion == Cut(model.Message.AgentVersion) && taker.Identity.ProtocolVersion == Cut(model.Message.ProtocolVersion), "so are its names, cut");
        FuzzTarget.Require(taker.Identity.Protocols.SequenceEqual(model.Message.Protocols.Order(StringComparer.Ordinal)), "so are its protocols");
        FuzzTarget.Require(
            taker.Identity.ListenAddresses.Select(address => ByteString.CopyFrom(address.ToArray())).SequenceEqual(model.Message.ListenAddrs), "so are its addresses");
        FuzzTarget.Require(taker.Identity.ObservedAddress?.ToArray().AsSpan().SequenceEqual(model.Message.ObservedAddr.Span) ?? !model.Message.HasObservedAddr, "so is ours");
        FuzzTarget.Require(taker.Identity.SignedPeerRecord.HasValue == model.Record is not null, "so is its record");
    }

    private static string Cut(string text) => text.Length <= IdentifyTaker.MaxText ? text : text[..IdentifyTaker.MaxText];
}
