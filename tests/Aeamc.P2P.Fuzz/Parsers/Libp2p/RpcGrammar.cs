using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Tests.Gossipsub.Protobuf;
using Google.Protobuf;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>RPCs of gossipsub within their caps, as protoc writes them, and as trees of fields.</summary>
internal sealed class RpcGrammar : ProtobufGrammar<RPC>
{
    private static readonly RpcDecoder Decoder = new(new PubsubSettings(), new TopicNames());

    protected override RPC Message(Random random)
    {
        var rpc = new RPC();
        Times(random, 4, () => rpc.Subscriptions.Add(new RPC.Types.SubOpts { Subscribe = random.Next(2) == 0, Topicid = Topic(random) }));
        Times(random, 3, () => rpc.Publish.Add(Published(random)));
        var control = new ControlMessage();
        Times(random, 3, () => control.Ihave.Add(new ControlIHave { TopicID = Topic(random), MessageIDs = { Ids(random) } }));
        Times(random, 2, () => control.Iwant.Add(new ControlIWant { MessageIDs = { Ids(random) } }));
        Times(random, 3, () => control.Graft.Add(new ControlGraft { TopicID = Topic(random) }));
        Times(random, 3, () => control.Prune.Add(Prune(random)));
        Times(random, 2, () => control.Idontwant.Add(new ControlIDontWant { MessageIDs = { Ids(random) } }));
        rpc.Control = control.CalculateSize() > 0 ? control : null;
        return rpc;
    }

    protected override byte[] Leaf(byte[] leaf, Random random) => random.Next(6) == 0 ? Draw.Bytes(random, Draw.Of(random, (int[])[0, 1, 8, 38, 48, 49, 64, 256, 257, 4096, 4097])) : Mutator.ChangeLeaf(leaf, random);

    protected override void Check(RPC message, byte[] bytes)
    {
        var read = new Rpc();
        FuzzTarget.Require(Decoder.TryDecode(bytes, read) == RpcFault.None && read.Skipped == 0, "what protoc writes within the caps is read whole");
        FuzzTarget.Require(RpcModel.ToProto(read).Equals(message), "what is read is what protoc wrote");
    }

    private static void Times(Random random, int limit, Action action)
    {
        for (int i = random.Next(limit); i > 0; i--)
        {
            action();
        }
    }

    // Longer than one byte's length says now and then; not ASCII alone.
    private static string Topic(Random random) => random.Next(6) switch
    {
        0 => new string('é', random.Next(1, TopicNames.MaxBytes / 2)),
        1 => Draw.Text(random, TopicNames.MaxBytes),
        _ => Draw.Text(random, random.Next(1, 30)),
    };

    private static ByteString Bytes(Random random, int length) => ByteString.CopyFrom(Draw.Bytes(random, length));

    private static IEnumerable<ByteString> Ids(Random random) => [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => Bytes(random, random.Next(1, MessageId.MaxSize + 1)))];

    private static Message Published(Random random)
    {
        var message = new Message { Topic = Topic(random), Data = Bytes(random, random.Next(random.Next(8) == 0 ? 20_000 : 300)) };
        if (random.Next(2) == 0)
        {
            message.From = Bytes(random, random.Next(50));
            message.Seqno = Bytes(random, random.Next(10));
            message.Signature = Bytes(random, random.Next(80));
            message.Key = Bytes(random, random.Next(50));
        }

        return message;
    }

    private static ControlPrune Prune(Random random)
    {
        var prune = new ControlPrune { TopicID = Topic(random) };
        Times(random, 3, () =>
        {
            var peer = new PeerInfo { PeerID = ByteString.CopyFrom(PeerId.FromPublicKey(Draw.Bytes(random, 32)).ToArray()) };
            if (random.Next(2) == 0)
            {
                peer.SignedPeerRecord = Bytes(random, random.Next(1, 300));
            }

            prune.Peers.Add(peer);
        });
        if (random.Next(3) > 0)
        {
            prune.Backoff = (ulong)random.Next(3600);
        }

        return prune;
    }
}
