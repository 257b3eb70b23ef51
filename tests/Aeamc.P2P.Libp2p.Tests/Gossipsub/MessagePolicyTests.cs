using System.Security.Cryptography;
using System.Text;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;
using Google.Protobuf;
using Proto = Aeamc.P2P.Libp2p.Tests.Gossipsub.Protobuf;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

/// <summary>Pubsub spec: Message Identification, Message Signing, Signature Policy Options.</summary>
public class MessagePolicyTests
{
    private static readonly PubsubSettings Signed = new() { SignaturePolicy = SignaturePolicy.StrictSign };

    private static RpcMessage Decode(ReadOnlyMemory<byte> body)
    {
        var rpc = new Rpc();
        Assert.Equal(RpcFault.None, new RpcDecoder(new PubsubSettings(), new TopicNames()).TryDecode(body, rpc));
        return Assert.Single(rpc.Messages);
    }

    private static RpcMessage Received(PubsubMessage message)
    {
        UVarint.Read(message.Frame.Span, out _, out int prefix);
        return Decode(message.Frame[prefix..]);
    }

    [Fact]
    public void StrictNoSign_leaves_out_author_number_signature_and_key()
    {
        var policy = new MessagePolicy(new PubsubSettings(), TestPeers.Id(1), null, 0);
        PubsubMessage message = policy.Create("t", "data"u8);
        RpcMessage received = Received(message);
        Assert.Null(received.From);
        Assert.Null(received.SequenceNumber);
        Assert.Null(received.Signature);
        Assert.Null(received.Key);
        policy.Identify(ref received);
        Assert.Equal(MessageFault.None, received.Fault);
        Assert.Equal(message.Id, received.Id);
        Assert.Equal(
            SHA256.HashData(Encoding.UTF8.GetBytes("aeamc/v2/gossip/" + "t" + "data")).AsSpan(0, 20).ToArray(),
            message.Id.ToArray());
        Assert.True(policy.VerifySignature(received));
    }

    [Fact]
    public void StrictNoSign_refuses_even_an_empty_author()
    {
        var policy = new MessagePolicy(new PubsubSettings(), TestPeers.Id(1), null, 0);
        foreach (Proto.Message message in new[]
        {
            new Proto.Message { Topic = "t", From = ByteString.Empty },
            new Proto.Message { Topic = "t", Seqno = ByteString.Empty },
            new Proto.Message { Topic = "t", Signature = ByteString.Empty },
            new Proto.Message { Topic = "t", Key = ByteString.Empty },
        })
        {
            RpcMessage received = Decode(new Proto.RPC { Publish = { message } }.ToByteArray());
            policy.Identify(ref received);
            Assert.Equal(MessageFault.UnexpectedSignature, received.Fault);
        }
    }

    [Fact]
    public void StrictSign_signs_what_another_can_verify_and_numbers_increase()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromSeed(new byte[32]);
        PeerId author = PeerId.FromNodeId(key.PublicKey);
        var policy = new MessagePolicy(Signed, author, key, firstSequenceNumber: 7);
        RpcMessage first = Received(policy.Create("t", "data"u8));
        RpcMessage second = Received(policy.Create("t", "data"u8));
        policy.Identify(ref first);
        policy.Identify(ref second);
        Assert.Equal(MessageFault.None, first.Fault);
        Assert.True(policy.VerifySignature(first));
        Assert.Equal(new byte[] { 0, 0, 0, 0, 0, 0, 0, 8 }, first.SequenceNumber!.Value.ToArray());
        Assert.Equal(new byte[] { 0, 0, 0, 0, 0, 0, 0, 9 }, second.SequenceNumber!.Value.ToArray());
        // The id is author || number.
        Assert.Equal(author.ToArray().Concat(new byte[] { 0, 0, 0, 0, 0, 0, 0, 8 }), first.Id.ToArray());
        // The signature covers the prefix and the protobuf without signature and key.
        var unsigned = new Proto.Message
        {
            From = ByteString.CopyFrom(author.ToArray()),
            Data = ByteString.CopyFromUtf8("data"),
            Seqno = ByteString.CopyFrom(first.SequenceNumber.Value.Span),
            Topic = "t",
        };
        Assert.True(Ed25519.Verify(key.PublicKey, [.. "libp2p-pubsub:"u8, .. unsigned.ToByteArray()], first.Signature!.Value.Span));
    }

    [Fact]
    public void StrictSign_refuses_what_is_missing_changed_or_of_another_author()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromSeed(new byte[32]);
        PeerId author = PeerId.FromNodeId(key.PublicKey);
        var policy = new MessagePolicy(Signed, author, key, 0);
        RpcMessage good = Received(policy.Create("t", "data"u8));

        Assert.Equal(MessageFault.None, Fault(good with { Key = author.ToPublicKeyProtobuf() }));
        Assert.Equal(MessageFault.MissingSignature, Fault(good with { From = null }));
        Assert.Equal(MessageFault.MissingSignature, Fault(good with { SequenceNumber = null }));
        Assert.Equal(MessageFault.MissingSignature, Fault(good with { SequenceNumber = new byte[7] }));
        Assert.Equal(MessageFault.MissingSignature, Fault(good with { Signature = null }));
        Assert.Equal(MessageFault.MissingSignature, Fault(good with { Signature = new byte[63] }));
        Assert.Equal(MessageFault.WrongAuthor, Fault(good with { From = new byte[38] }));
        Assert.Equal(MessageFault.WrongAuthor, Fault(good with { Key = TestPeers.Id(1).ToPublicKeyProtobuf() }));
        Assert.Equal(MessageFault.TooLong, Fault(good with { Data = new byte[(1 << 20) + 1] }));
        Assert.False(policy.VerifySignature(good with { Data = "date"u8.ToArray() }));
        Assert.False(policy.VerifySignature(good with { Topic = "u" }));
        Assert.False(policy.VerifySignature(good with { SequenceNumber = new byte[8] }));
        Assert.False(policy.VerifySignature(good with { From = TestPeers.Id(1).ToArray() }));

        MessageFault Fault(RpcMessage message)
        {
            policy.Identify(ref message);
            return message.Fault;
        }
    }

    [Fact]
    public void StrictSign_needs_the_key_of_the_peer()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromSeed(new byte[32]);
        Assert.Throws<ArgumentException>(() => new MessagePolicy(Signed, TestPeers.Id(1), key, 0));
        Assert.Throws<ArgumentException>(() => new MessagePolicy(Signed, TestPeers.Id(1), null, 0));
    }
}
