using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Cryptography.Ed25519Lanes;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

public class SignatureBatchTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(29)]
    public void Each_message_has_its_own_verdict_whatever_comes_beside_it(int count)
    {
        var random = new Random(count);
        var frames = new FramePool(maxBytes: 1 << 20);
        (MessagePolicy policy, RpcMessage[] messages) = Signed(count, frames);
        var expected = new MessageFault[count];
        var rpcs = new List<Rpc>();
        var known = new HashSet<MessageId>();
        for (int i = 0; i < count; i++)
        {
            switch (random.Next(4))
            {
                case 0:
                    messages[i].Data = "another"u8.ToArray();
                    expected[i] = MessageFault.BadSignature;
                    break;
                case 1:
                    // Not looked at: it was seen, so its signature is no matter.
                    messages[i].Data = "another"u8.ToArray();
                    known.Add(messages[i].Id);
                    break;
                case 2:
                    messages[i].Fault = expected[i] = MessageFault.TooLong;
                    break;
            }

            if (rpcs.Count == 0 || random.Next(3) == 0)
            {
                rpcs.Add(new Rpc());
            }

            rpcs[^1].Messages.Add(messages[i]);
        }

        var batch = new SignatureBatch(policy, new Ed25519BatchVerifier(keyCapacity: 16), (in MessageId id) => known.Contains(id));
        long kept = frames.Bytes;
        // A batch is used again and again.
        batch.Verify();
        rpcs.ForEach(batch.Add);
        batch.Verify();
        Assert.Equal(expected, rpcs.SelectMany(rpc => rpc.Messages).Select(message => message.Fault));
        // What was signed lay in pooled memory, and is back.
        Assert.True(frames.Bytes >= kept);
    }

    // Messages of three authors as a peer receives them.
    private static (MessagePolicy Policy, RpcMessage[] Messages) Signed(int count, FramePool frames)
    {
        var settings = new PubsubSettings { SignaturePolicy = SignaturePolicy.StrictSign };
        MessagePolicy[] authors =
        [
            .. Enumerable.Range(1, 3).Select(i =>
            {
                var key = Ed25519PrivateKey.FromSeed([.. Enumerable.Repeat((byte)i, 32)]);
                return new MessagePolicy(settings, PeerId.FromNodeId(key.PublicKey), key, 0) { Frames = frames };
            }),
        ];
        var messages = new RpcMessage[count];
        for (int i = 0; i < count; i++)
        {
            PubsubMessage message = authors[i % 3].Create("t", "data"u8);
            UVarint.Read(message.Frame.Span, out _, out int prefix);
            var rpc = new Rpc();
            Assert.Equal(RpcFault.None, new RpcDecoder(settings, new TopicNames()).TryDecode(message.Frame[prefix..].ToArray(), rpc));
            messages[i] = rpc.Messages[0];
            authors[0].Identify(ref messages[i]);
            message.Release();
        }

        return (authors[0], messages);
    }
}
