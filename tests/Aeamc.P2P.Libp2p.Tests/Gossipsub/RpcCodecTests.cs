using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;
using Google.Protobuf;
using Proto = Aeamc.P2P.Libp2p.Tests.Gossipsub.Protobuf;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

/// <summary>The hand-written codec against Google.Protobuf (rpc.proto), golden bytes, and hostile frames.</summary>
public class RpcCodecTests
{
    private const int Rounds = 500;

    private static readonly RpcDecoder Decoder = new(new PubsubSettings(), new TopicNames());

    [Fact]
    public void Control_frames_read_the_same_as_by_Google_Protobuf()
    {
        var random = new Random(1);
        for (int round = 0; round < Rounds; round++)
        {
            Rpc rpc = RandomControl(random);
            Proto.RPC parsed = Proto.RPC.Parser.ParseFrom(Unframed(RpcEncoder.EncodeControl(FramePool.Shared, rpc).Span).ToArray());
            Assert.Equal(ToProto(rpc), parsed);
            // And byte for byte: both write fields in the order of their numbers.
            Assert.Equal(parsed.ToByteArray(), Unframed(RpcEncoder.EncodeControl(FramePool.Shared, rpc).Span).ToArray());
        }
    }

    [Fact]
    public void Frames_of_Google_Protobuf_are_read_whole()
    {
        var random = new Random(2);
        var read = new Rpc();
        for (int round = 0; round < Rounds; round++)
        {
            Proto.RPC proto = ToProto(RandomControl(random));
            for (int i = random.Next(4); i > 0; i--)
            {
                proto.Publish.Add(RandomMessage(random));
            }

            Assert.Equal(RpcFault.None, Decoder.TryDecode(proto.ToByteArray(), read));
            Assert.Equal(0, read.Skipped);
            Assert.Equal(proto, ToProto(read));
        }
    }

    [Fact]
    public void A_message_frame_reads_the_same_as_by_Google_Protobuf()
    {
        var random = new Random(3);
        var read = new Rpc();
        for (int round = 0; round < Rounds; round++)
        {
            Proto.Message proto = RandomMessage(random);
            Assert.Equal(RpcFault.None, Decoder.TryDecode(new Proto.RPC { Publish = { proto } }.ToByteArray(), read));
            ReadOnlySpan<byte> frame = RpcEncoder.EncodeMessage(FramePool.Shared, read.Messages[0], out int offset).Span;
            Proto.Message parsed = Assert.Single(Proto.RPC.Parser.ParseFrom(Unframed(frame).ToArray()).Publish);
            // An absent payload is written as an empty one: the same to every reader.
            proto.Data ??= ByteString.Empty;
            parsed.Data ??= ByteString.Empty;
            Assert.Equal(proto, parsed);
            Assert.Equal(proto.Data.ToByteArray(), frame.Slice(offset, proto.Data.Length).ToArray());
        }
    }

    [Fact]
    public void Golden_bytes_of_a_subscription_a_graft_and_a_message()
    {
        var rpc = new Rpc();
        rpc.Subscriptions.Add(new SubscriptionChange("t", true));
        rpc.Grafts.Add("t");
        rpc.Prunes.Add(new PruneNotice("t", TimeSpan.FromSeconds(60), []));
        Assert.Equal("15" + "0A050801120174" + "1A0C" + "1A030A0174" + "22050A0174183C", Convert.ToHexString(RpcEncoder.EncodeControl(FramePool.Shared, rpc).Span));

        var message = new RpcMessage { Topic = "t", Data = new byte[] { 0xAA, 0xBB } };
        Assert.Equal("09" + "1207" + "1202AABB" + "220174", Convert.ToHexString(RpcEncoder.EncodeMessage(FramePool.Shared, message, out int offset).Span));
        Assert.Equal(5, offset);
    }

    [Fact]
    public void Unknown_fields_are_passed_over()
    {
        byte[] frame =
        [
            .. new Proto.RPC { Subscriptions = { new Proto.RPC.Types.SubOpts { Subscribe = true, Topicid = "t" } } }.ToByteArray(),
            0x28, 0x05, // field 5, varint
            0x32, 0x02, 0x01, 0x02, // field 6, two bytes
            0x3D, 0, 0, 0, 0, // field 7, fixed32
            0x41, 0, 0, 0, 0, 0, 0, 0, 0, // field 8, fixed64
        ];
        var rpc = new Rpc();
        Assert.Equal(RpcFault.None, Decoder.TryDecode(frame, rpc));
        Assert.Equal([new SubscriptionChange("t", true)], rpc.Subscriptions);
    }

    [Theory]
    [InlineData("12", RpcFault.BadVarint)] // a length is missing
    [InlineData("1205AA", RpcFault.LengthOutOfBounds)]
    [InlineData("12FFFFFFFFFFFFFFFFFF01", RpcFault.LengthOutOfBounds)] // 2^64 - 1
    [InlineData("12FFFFFFFFFFFFFFFFFFFF01", RpcFault.BadVarint)] // eleven bytes
    [InlineData("1001", RpcFault.BadTag)] // publish as a varint
    [InlineData("00", RpcFault.BadTag)] // field 0
    [InlineData("23", RpcFault.BadTag)] // a group
    [InlineData("1200", RpcFault.BadTopic)] // a message without a topic
    [InlineData("12022200", RpcFault.BadTopic)] // with an empty one
    [InlineData("12042202C328", RpcFault.BadTopic)] // with one that is not UTF-8
    [InlineData("0A020801", RpcFault.BadTopic)] // a subscription without a topic
    [InlineData("1A0322010A", RpcFault.BadVarint)] // cut off inside a PRUNE
    [InlineData("3D0000", RpcFault.LengthOutOfBounds)] // a fixed32 of two bytes
    public void A_malformed_frame_is_refused_by_name(string hex, RpcFault expected) =>
        Assert.Equal(expected, Decoder.TryDecode(Convert.FromHexString(hex), new Rpc()));

    [Fact]
    public void No_mutation_of_a_frame_throws()
    {
        var random = new Random(4);
        var rpc = new Rpc();
        for (int round = 0; round < 5_000; round++)
        {
            Proto.RPC proto = ToProto(RandomControl(random));
            proto.Publish.Add(RandomMessage(random));
            byte[] bytes = proto.ToByteArray();
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            Decoder.TryDecode(bytes.AsMemory(0, random.Next(bytes.Length + 1)), rpc);
        }
    }

    [Fact]
    public void Lists_are_cut_at_their_caps_and_counted()
    {
        var proto = new Proto.RPC { Control = new Proto.ControlMessage() };
        var have = new Proto.ControlIHave { TopicID = "t" };
        for (int i = 0; i < 6000; i++)
        {
            have.MessageIDs.Add(ByteString.CopyFrom(RouterHarness.RandomId(i).ToArray()));
        }

        proto.Control.Ihave.Add(have);
        proto.Control.Idontwant.Add(new Proto.ControlIDontWant { MessageIDs = { have.MessageIDs } });
        var prune = new Proto.ControlPrune { TopicID = "t", Backoff = ulong.MaxValue };
        for (int i = 0; i < 100; i++)
        {
            prune.Peers.Add(new Proto.PeerInfo { PeerID = ByteString.CopyFrom(TestPeers.Id(i).ToArray()) });
        }

        proto.Control.Prune.Add(prune);
        proto.Control.Iwant.Add(new Proto.ControlIWant { MessageIDs = { ByteString.CopyFrom(new byte[49]), ByteString.Empty } });
        var rpc = new Rpc();
        Assert.Equal(RpcFault.None, Decoder.TryDecode(proto.ToByteArray(), rpc));
        Assert.Equal(5000, rpc.IHaveIds.Count);
        Assert.Equal(5000, rpc.IDontWantIds.Count);
        Assert.Equal(16, rpc.Prunes[0].Peers.Count);
        Assert.Equal(TimeSpan.FromHours(1), rpc.Prunes[0].Backoff);
        Assert.Empty(rpc.IWantIds);
        Assert.Equal(1000 + 1000 + 84 + 2, rpc.Skipped);
    }

    [Fact]
    public void Too_many_messages_or_subscriptions_are_refused()
    {
        var messages = new Proto.RPC();
        var subscriptions = new Proto.RPC();
        for (int i = 0; i < 5000; i++)
        {
            messages.Publish.Add(new Proto.Message { Topic = "t" });
            subscriptions.Subscriptions.Add(new Proto.RPC.Types.SubOpts { Topicid = "t" });
        }

        Assert.Equal(RpcFault.TooManyEntries, Decoder.TryDecode(messages.ToByteArray(), new Rpc()));
        Assert.Equal(RpcFault.TooManyEntries, Decoder.TryDecode(subscriptions.ToByteArray(), new Rpc()));
        Assert.Equal(RpcFault.FrameTooLong, new RpcDecoder(new PubsubSettings { MaxRpcBytes = 100, MaxMessageBytes = 50 }, new TopicNames()).TryDecode(new byte[101], new Rpc()));
    }

    [Fact]
    public void The_name_of_a_joined_topic_is_not_allocated_again()
    {
        var names = new TopicNames();
        string joined = new("joined".AsSpan());
        names.Add(joined);
        Assert.True(names.TryGet("joined"u8, out string? found));
        Assert.Same(joined, found);
        Assert.False(names.TryGet(new byte[257], out _));
    }

    [Fact]
    public void Message_ids_keep_their_bytes()
    {
        for (int length = 1; length <= MessageId.MaxSize; length++)
        {
            var bytes = new byte[length];
            new Random(length).NextBytes(bytes);
            Assert.True(MessageId.TryCreate(bytes, out MessageId id));
            Assert.Equal(bytes, id.ToArray());
        }

        Assert.False(MessageId.TryCreate([], out _));
        Assert.False(MessageId.TryCreate(new byte[49], out _));
        Assert.True(MessageId.TryCreate([0], out MessageId one));
        Assert.True(MessageId.TryCreate([0, 0], out MessageId two));
        Assert.NotEqual(one, two);
    }

    private static ReadOnlySpan<byte> Unframed(ReadOnlySpan<byte> frame)
    {
        Assert.Equal(UVarintStatus.Done, UVarint.Read(frame, out ulong length, out int read));
        Assert.Equal(frame.Length - read, (int)length);
        return frame[read..];
    }

    private static MessageId RandomId(Random random)
    {
        var bytes = new byte[random.Next(1, MessageId.MaxSize + 1)];
        random.NextBytes(bytes);
        Assert.True(MessageId.TryCreate(bytes, out MessageId id));
        return id;
    }

    private static byte[] RandomBytes(Random random, int most)
    {
        var bytes = new byte[random.Next(most)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string RandomTopic(Random random) => new(random.GetItems("abcé/日本語".AsSpan(), random.Next(1, 60)));

    private static Rpc RandomControl(Random random)
    {
        var rpc = new Rpc();
        for (int i = random.Next(3); i > 0; i--)
        {
            rpc.Subscriptions.Add(new SubscriptionChange(RandomTopic(random), random.Next(2) == 0));
        }

        for (int i = random.Next(3); i > 0; i--)
        {
            rpc.AddIHave(RandomTopic(random), [.. Enumerable.Range(0, random.Next(5)).Select(_ => RandomId(random))]);
        }

        for (int i = random.Next(3); i > 0; i--)
        {
            rpc.Grafts.Add(RandomTopic(random));
            rpc.IWantIds.Add(RandomId(random));
            rpc.IDontWantIds.Add(RandomId(random));
        }

        for (int i = random.Next(3); i > 0; i--)
        {
            PeerExchangeInfo[] peers = [.. Enumerable.Range(0, random.Next(4)).Select(_ => new PeerExchangeInfo(TestPeers.Id(random.Next()), RandomBytes(random, 300)))];
            rpc.Prunes.Add(new PruneNotice(RandomTopic(random), random.Next(2) == 0 ? null : TimeSpan.FromSeconds(random.Next(3600)), peers));
        }

        return rpc;
    }

    private static Proto.Message RandomMessage(Random random)
    {
        var message = new Proto.Message { Topic = RandomTopic(random) };
        if (random.Next(4) != 0)
        {
            message.Data = ByteString.CopyFrom(RandomBytes(random, 5000));
        }

        if (random.Next(2) == 0)
        {
            message.From = ByteString.CopyFrom(TestPeers.Id(random.Next()).ToArray());
            message.Seqno = ByteString.CopyFrom(RandomBytes(random, 9));
            message.Signature = ByteString.CopyFrom(RandomBytes(random, 65));
            message.Key = ByteString.CopyFrom(RandomBytes(random, 37));
        }

        return message;
    }

    private static Proto.RPC ToProto(Rpc rpc)
    {
        var proto = new Proto.RPC();
        proto.Subscriptions.AddRange(rpc.Subscriptions.Select(change => new Proto.RPC.Types.SubOpts { Subscribe = change.Subscribe, Topicid = change.Topic }));
        foreach (RpcMessage message in rpc.Messages)
        {
            var entry = new Proto.Message { Topic = message.Topic };
            if (!message.Data.IsEmpty)
            {
                entry.Data = Bytes(message.Data);
            }

            if (message.From is { } from)
            {
                entry.From = Bytes(from);
            }

            if (message.SequenceNumber is { } number)
            {
                entry.Seqno = Bytes(number);
            }

            if (message.Signature is { } signature)
            {
                entry.Signature = Bytes(signature);
            }

            if (message.Key is { } key)
            {
                entry.Key = Bytes(key);
            }

            proto.Publish.Add(entry);
        }

        var control = new Proto.ControlMessage();
        foreach (IHaveRange have in rpc.IHaves)
        {
            var entry = new Proto.ControlIHave { TopicID = have.Topic };
            entry.MessageIDs.AddRange(rpc.IHaveIds.Skip(have.Start).Take(have.Count).Select(Bytes));
            control.Ihave.Add(entry);
        }

        if (rpc.IWantIds.Count > 0)
        {
            control.Iwant.Add(new Proto.ControlIWant { MessageIDs = { rpc.IWantIds.Select(Bytes) } });
        }

        control.Graft.AddRange(rpc.Grafts.Select(topic => new Proto.ControlGraft { TopicID = topic }));
        foreach (PruneNotice prune in rpc.Prunes)
        {
            var entry = new Proto.ControlPrune { TopicID = prune.Topic };
            foreach (PeerExchangeInfo peer in prune.Peers)
            {
                var info = new Proto.PeerInfo { PeerID = ByteString.CopyFrom(peer.Peer.ToArray()) };
                if (!peer.SignedPeerRecord.IsEmpty)
                {
                    info.SignedPeerRecord = Bytes(peer.SignedPeerRecord);
                }

                entry.Peers.Add(info);
            }

            if (prune.Backoff is { } backoff)
            {
                entry.Backoff = (ulong)backoff.TotalSeconds;
            }

            control.Prune.Add(entry);
        }

        if (rpc.IDontWantIds.Count > 0)
        {
            control.Idontwant.Add(new Proto.ControlIDontWant { MessageIDs = { rpc.IDontWantIds.Select(Bytes) } });
        }

        if (control.CalculateSize() > 0)
        {
            proto.Control = control;
        }

        return proto;
    }

    private static ByteString Bytes(ReadOnlyMemory<byte> memory) => ByteString.CopyFrom(memory.Span);

    private static ByteString Bytes(MessageId id) => ByteString.CopyFrom(id.ToArray());
}
