using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Tests.Gossipsub.Protobuf;
using Google.Protobuf;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>One message under StrictSign: its fields, signed after they were changed, and what is wrong in the encoding after that.</summary>
internal sealed class SignedMessage(Message message)
{
    public Message Message { get; } = message;

    /// <summary>Changes of the tree of fields, each by its random numbers.</summary>
    public List<int> Changes { get; } = [];
}

/// <summary>RPCs with one signed message whose signature holds for whatever its fields say, unless they were changed in the encoding.</summary>
internal sealed class SignedMessageGrammar : Grammar<SignedMessage>
{
    public const string Topic = "t";

    public static Ed25519PrivateKey Key { get; } = Ed25519PrivateKey.FromSeed(new byte[32]);

    public static PeerId Author { get; } = PeerId.FromNodeId(Key.PublicKey);

    protected override SignedMessage Make(Random random)
    {
        var message = new Message
        {
            From = ByteString.CopyFrom(Author.ToArray()),
            Data = ByteString.CopyFrom(Draw.Bytes(random, random.Next(300))),
            Seqno = ByteString.CopyFrom(Draw.Bytes(random, 8)),
            Topic = Topic,
        };
        if (random.Next(2) == 0)
        {
            message.Key = ByteString.CopyFrom(Author.ToPublicKeyProtobuf());
        }

        return new SignedMessage(message);
    }

    protected override void Change(SignedMessage model, Random random)
    {
        Message message = model.Message;
        ByteString changed(ByteString from) => ByteString.CopyFrom(Mutator.ChangeLeaf(from.ToByteArray(), random));
        switch (random.Next(8))
        {
            case 0:
                message.From = changed(message.From);
                break;
            case 1:
                message.Data = changed(message.Data);
                break;
            case 2:
                message.Seqno = changed(message.Seqno);
                break;
            case 3:
                message.Topic = Draw.Text(random, random.Next(300));
                break;
            case 4:
                message.Key = changed(message.Key);
                break;
            case 5:
                message.ClearSeqno();
                break;
            default:
                model.Changes.Add(random.Next());
                break;
        }
    }

    protected override byte[] Write(SignedMessage model)
    {
        Message signed = model.Message.Clone();
        signed.ClearKey();
        Message whole = model.Message.Clone();
        whole.Signature = ByteString.CopyFrom(Key.Sign([.. "libp2p-pubsub:"u8, .. signed.ToByteArray()]));
        byte[] bytes = new RPC { Publish = { whole } }.ToByteArray();
        if (model.Changes.Count == 0)
        {
            return bytes;
        }

        ProtobufTree tree = ProtobufTree.TryRead(bytes) ?? throw new FuzzException("what protoc writes is a tree of fields");
        foreach (int seed in model.Changes)
        {
            var random = new Random(seed);
            tree.Change(random, leaf => Mutator.ChangeLeaf(leaf, random));
        }

        return tree.Write(Mutator.MaxLength);
    }

    protected override void Check(SignedMessage model, byte[] bytes) =>
        FuzzTarget.Require(RpcTargets.RunSigned(bytes) == FuzzTarget.Taken, "a message that its author signed is taken");
}
