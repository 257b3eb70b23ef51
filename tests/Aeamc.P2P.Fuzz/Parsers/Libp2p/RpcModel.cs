using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Tests.Gossipsub.Protobuf;
using Google.Protobuf;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>What the hand-written codec read, as protoc's classes say it.</summary>
internal static class RpcModel
{
    /// <summary>All of it but extensions, which the codec passes on unread.</summary>
    public static RPC ToProto(Rpc rpc)
    {
        var proto = new RPC();
        proto.Subscriptions.AddRange(rpc.Subscriptions.Select(change => new RPC.Types.SubOpts { Subscribe = change.Subscribe, Topicid = change.Topic }));
        proto.Publish.AddRange(rpc.Messages.Select(ToProto));
        var control = new ControlMessage();
        foreach (IHaveRange have in rpc.IHaves)
        {
            control.Ihave.Add(new ControlIHave { TopicID = have.Topic, MessageIDs = { Ids(rpc.IHaveIds.GetRange(have.Start, have.Count)) } });
        }

        if (rpc.IWantIds.Count > 0)
        {
            control.Iwant.Add(new ControlIWant { MessageIDs = { Ids(rpc.IWantIds) } });
        }

        control.Graft.AddRange(rpc.Grafts.Select(topic => new ControlGraft { TopicID = topic }));
        control.Prune.AddRange(rpc.Prunes.Select(ToProto));
        if (rpc.IDontWantIds.Count > 0)
        {
            control.Idontwant.Add(new ControlIDontWant { MessageIDs = { Ids(rpc.IDontWantIds) } });
        }

        proto.Control = control.CalculateSize() > 0 ? control : null;
        return proto;
    }

    public static Message ToProto(RpcMessage message)
    {
        // An absent payload is the same as an empty one to every reader.
        var proto = new Message { Topic = message.Topic, Data = ByteString.CopyFrom(message.Data.Span) };
        if (message.From is { } from)
        {
            proto.From = ByteString.CopyFrom(from.Span);
        }

        if (message.SequenceNumber is { } sequenceNumber)
        {
            proto.Seqno = ByteString.CopyFrom(sequenceNumber.Span);
        }

        if (message.Signature is { } signature)
        {
            proto.Signature = ByteString.CopyFrom(signature.Span);
        }

        if (message.Key is { } key)
        {
            proto.Key = ByteString.CopyFrom(key.Span);
        }

        return proto;
    }

    private static ControlPrune ToProto(PruneNotice prune)
    {
        var proto = new ControlPrune { TopicID = prune.Topic };
        if (prune.Backoff is { } backoff)
        {
            proto.Backoff = (ulong)backoff.TotalSeconds;
        }

        foreach (PeerExchangeInfo peer in prune.Peers)
        {
            var info = new PeerInfo { PeerID = ByteString.CopyFrom(peer.Peer.ToArray()) };
            if (!peer.SignedPeerRecord.IsEmpty)
            {
                info.SignedPeerRecord = ByteString.CopyFrom(peer.SignedPeerRecord.Span);
            }

            proto.Peers.Add(info);
        }

        return proto;
    }

    private static IEnumerable<ByteString> Ids(List<MessageId> ids) => ids.Select(id => ByteString.CopyFrom(id.ToArray()));
}
