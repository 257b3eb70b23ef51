using System.Globalization;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Tests.Gossipsub.Protobuf;
using Google.Protobuf;

namespace Aeamc.P2P.Fuzz.Siege.Attacks;

/// <summary>An attack on gossipsub: subscribed like anybody, then as the attack likes.</summary>
internal abstract class GossipAttack : PeerAttack
{
    public override Outcome Outcome => Outcome.Banned;

    protected sealed override async Task AttackAsync(RawPeer peer, AttackContext context, Random random, CancellationToken cancellationToken)
    {
        uint stream = await peer.OpenAsync(PubsubRouter.ProtocolV11, cancellationToken);
        var hello = new RPC();
        hello.Subscriptions.AddRange(context.Topics.Select(topic => new RPC.Types.SubOpts { Topicid = topic, Subscribe = true }));
        await peer.SendDataAsync(stream, Frame(hello), cancellationToken);
        await GossipAsync(peer, stream, context, random, cancellationToken);
    }

    protected abstract Task GossipAsync(RawPeer peer, uint stream, AttackContext context, Random random, CancellationToken cancellationToken);

    /// <summary>Sends the same or another RPC again and again, a window's worth at most before the node takes any.</summary>
    protected static async Task RepeatAsync(
        RawPeer peer, uint stream, AttackContext context, Func<byte[]> frame, TimeSpan pause, CancellationToken cancellationToken)
    {
        // Slow enough for the window that the node gives: the attack is on gossipsub, not on Yamux.
        using var pace = new PeriodicTimer(pause);
        while (await pace.WaitForNextTickAsync(cancellationToken))
        {
            await peer.SendDataAsync(stream, frame(), cancellationToken);
            context.CountSent();
        }
    }

    protected static byte[] Frame(RPC rpc)
    {
        byte[] body = rpc.ToByteArray();
        var frame = new byte[UVarint.MaxLength + body.Length];
        return frame[..LengthPrefixed.Write(frame, body)];
    }

    protected static ByteString RandomId(Random random)
    {
        var bytes = new byte[20];
        random.NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }
}

/// <summary>Thousands of topics that nobody follows.</summary>
internal sealed class SubscriptionFlood : GossipAttack
{
    public override string Name => "subscription-flood";

    public override IReadOnlyList<string> Reasons => ["gossip-subscriptions-over-limit"];

    protected override Task GossipAsync(RawPeer peer, uint stream, AttackContext context, Random random, CancellationToken cancellationToken)
    {
        int number = 0;
        return RepeatAsync(peer, stream, context, () =>
        {
            var rpc = new RPC();
            for (int i = 0; i < 500; i++)
            {
                rpc.Subscriptions.Add(new RPC.Types.SubOpts { Topicid = (number++).ToString(CultureInfo.InvariantCulture), Subscribe = true });
            }

            return Frame(rpc);
        }, TimeSpan.FromMilliseconds(20), cancellationToken);
    }
}

/// <summary>GRAFT after PRUNE, without waiting.</summary>
internal sealed class GraftFlood : GossipAttack
{
    public override string Name => "graft-flood";

    public override IReadOnlyList<string> Reasons => ["gossip-grafts-in-backoff"];

    protected override Task GossipAsync(RawPeer peer, uint stream, AttackContext context, Random random, CancellationToken cancellationToken) =>
        RepeatAsync(peer, stream, context, () =>
        [
            .. Frame(new RPC { Control = new ControlMessage { Prune = { new ControlPrune { TopicID = context.Topics[0], Backoff = 60 } } } }),
            .. Frame(new RPC { Control = new ControlMessage { Graft = { new ControlGraft { TopicID = context.Topics[0] } } } }),
        ], TimeSpan.FromMilliseconds(10), cancellationToken);
}

/// <summary>Ids of messages that do not exist.</summary>
internal sealed class BogusIHave : GossipAttack
{
    public override string Name => "bogus-ihave";

    public override TimeSpan Patience => TimeSpan.FromSeconds(8);

    public override IReadOnlyList<string> Reasons => ["gossip-promises-broken", "gossip-ihaves-over-limit"];

    protected override Task GossipAsync(RawPeer peer, uint stream, AttackContext context, Random random, CancellationToken cancellationToken) =>
        RepeatAsync(peer, stream, context, () =>
        {
            var ihave = new ControlIHave { TopicID = context.Topics[0] };
            ihave.MessageIDs.AddRange(Enumerable.Range(0, 200).Select(_ => RandomId(random)));
            return Frame(new RPC { Control = new ControlMessage { Ihave = { ihave } } });
        }, TimeSpan.FromMilliseconds(50), cancellationToken);
}

/// <summary>The same messages asked for again and again: much for little.</summary>
internal sealed class IWantReplay : GossipAttack
{
    public override string Name => "iwant-replay";

    public override IReadOnlyList<string> Reasons => ["gossip-iwants-over-limit"];

    protected override Task GossipAsync(RawPeer peer, uint stream, AttackContext context, Random random, CancellationToken cancellationToken) =>
        RepeatAsync(peer, stream, context, () =>
        {
            var iwant = new ControlIWant();
            iwant.MessageIDs.AddRange(peer.Advertised.TakeLast(500));
            // Beside what there is, more than may be asked for.
            iwant.MessageIDs.AddRange(Enumerable.Range(0, 1000).Select(_ => RandomId(random)));
            return Frame(new RPC { Control = new ControlMessage { Iwant = { iwant } } });
        }, TimeSpan.FromMilliseconds(20), cancellationToken);
}

/// <summary>PRUNE for half a trillion years.</summary>
internal sealed class HugeBackoff : GossipAttack
{
    public override string Name => "huge-backoff";

    public override IReadOnlyList<string> Reasons => ["gossip-backoffs-over-limit"];

    protected override Task GossipAsync(RawPeer peer, uint stream, AttackContext context, Random random, CancellationToken cancellationToken)
    {
        byte[] frame = Frame(new RPC { Control = new ControlMessage { Prune = { new ControlPrune { TopicID = context.Topics[0], Backoff = ulong.MaxValue } } } });
        return RepeatAsync(peer, stream, context, () => frame, TimeSpan.FromMilliseconds(20), cancellationToken);
    }
}

/// <summary>Messages whose content is false.</summary>
internal sealed class InvalidMessages : GossipAttack
{
    public override string Name => "invalid-messages";

    public override IReadOnlyList<string> Reasons => ["gossip-messages-rejected"];

    protected override Task GossipAsync(RawPeer peer, uint stream, AttackContext context, Random random, CancellationToken cancellationToken) =>
        RepeatAsync(peer, stream, context, () =>
        {
            var noise = new byte[200];
            random.NextBytes(noise);
            return Frame(new RPC { Publish = { new Message { Topic = context.Topics[0], Data = ByteString.CopyFrom(noise) } } });
        }, TimeSpan.FromMilliseconds(10), cancellationToken);
}

/// <summary>Messages with a signature that is not theirs.</summary>
internal sealed class InvalidSignatures : GossipAttack
{
    public override string Name => "invalid-signatures";

    public override IReadOnlyList<string> Reasons => ["gossip-message-unexpected-signature", "gossip-message-bad-signature"];

    protected override Task GossipAsync(RawPeer peer, uint stream, AttackContext context, Random random, CancellationToken cancellationToken) =>
        RepeatAsync(peer, stream, context, () =>
        {
            var noise = new byte[200];
            random.NextBytes(noise);
            return Frame(new RPC
            {
                Publish =
                {
                    new Message
                    {
                        Topic = context.Topics[0],
                        From = ByteString.CopyFrom(context.Target.Peer!.Value.ToArray()),
                        Data = ByteString.CopyFrom(noise),
                        Seqno = ByteString.CopyFrom(noise.AsSpan(0, 8)),
                        Signature = ByteString.CopyFrom(noise.AsSpan(0, 64)),
                    },
                },
            });
        }, TimeSpan.FromMilliseconds(10), cancellationToken);
}

/// <summary>Frames that are no RPC, one stream after another.</summary>
internal sealed class MalformedRpcs : GossipAttack
{
    public override string Name => "malformed-rpcs";

    public override IReadOnlyList<string> Reasons => ["pubsub-bad-tag", "pubsub-length-out-of-bounds", "pubsub-bad-varint"];

    protected override async Task GossipAsync(RawPeer peer, uint stream, AttackContext context, Random random, CancellationToken cancellationToken)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await pace.WaitForNextTickAsync(cancellationToken))
        {
            await peer.SendDataAsync(stream, new byte[] { 3, 0x0A, 0x7F, 0x00 }, cancellationToken);
            context.CountSent();
            stream = await peer.OpenAsync(PubsubRouter.ProtocolV11, cancellationToken);
        }
    }
}

/// <summary>A frame that is always about to be complete: what came of it is held while it lasts.</summary>
internal sealed class NeverEndingFrame : GossipAttack
{
    public override Outcome Outcome => Outcome.Disconnected;

    private const int Claimed = 4 << 20;
    private const int Piece = 32 << 10;

    public override string Name => "never-ending-frame";

    public override TimeSpan Patience => TimeSpan.FromSeconds(24);

    public override IReadOnlyList<string> Reasons => ["pubsub-frame-too-slow"];

    public override int Workers => 12;

    protected override async Task GossipAsync(RawPeer peer, uint stream, AttackContext context, Random random, CancellationToken cancellationToken)
    {
        var length = new byte[UVarint.MaxLength];
        await peer.SendDataAsync(stream, length.AsMemory(0, UVarint.Write(length, Claimed)), cancellationToken);
        for (int sent = 0; sent < 200_000; sent += Piece)
        {
            await peer.SendDataAsync(stream, new byte[Piece], cancellationToken);
        }

        context.CountSent();
        await RepeatAsync(peer, stream, context, static () => [0], TimeSpan.FromMilliseconds(250), cancellationToken);
    }
}
