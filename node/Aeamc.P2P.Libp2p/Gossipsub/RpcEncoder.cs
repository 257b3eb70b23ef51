using System.Runtime.InteropServices;
using System.Text;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Primitives;
using static Aeamc.P2P.Libp2p.Gossipsub.ProtobufWriter;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// Writes RPCs (rpc.proto) as frames with their length prefix, fields in the order of their numbers, absent fields left
/// out: the one encoding that signatures are made over.
/// </summary>
internal static class RpcEncoder
{
    private const int PublishField = 2;
    private const int ControlField = 3;

    /// <summary>The frame of an RPC with one message and nothing else.</summary>
    /// <param name="frames">Where the memory comes from.</param>
    /// <param name="message">The message.</param>
    /// <param name="dataOffset">Where the payload starts in the frame.</param>
    /// <returns>A frame with one holder.</returns>
    public static SharedFrame EncodeMessage(FramePool frames, in RpcMessage message, out int dataOffset)
    {
        int bodySize = MessageSize(message);
        int rpcSize = FieldSize(bodySize);
        SharedFrame frame = frames.Rent(VarintSize((ulong)rpcSize) + rpcSize);
        var writer = new ProtobufWriter(frame.Span);
        writer.WriteVarint((ulong)rpcSize);
        writer.WriteHeader(PublishField, bodySize);
        WriteMessage(ref writer, message, out dataOffset);
        Invariant.Check(writer.Position == frame.Length);
        return frame;
    }

    /// <summary>The message alone with neither signature nor key, behind the prefix: what a signature covers (pubsub spec, Message Signing).</summary>
    /// <returns>A frame with one holder, used as a buffer.</returns>
    public static SharedFrame EncodeSigned(FramePool frames, in RpcMessage message)
    {
        ReadOnlySpan<byte> prefix = "libp2p-pubsub:"u8;
        RpcMessage unsigned = message with { Signature = null, Key = null };
        SharedFrame bytes = frames.Rent(prefix.Length + MessageSize(unsigned));
        prefix.CopyTo(bytes.Span);
        var writer = new ProtobufWriter(bytes.Span[prefix.Length..]);
        WriteMessage(ref writer, unsigned, out _);
        return bytes;
    }

    /// <summary>The frame of an RPC that carries no message.</summary>
    /// <returns>A frame with one holder.</returns>
    public static SharedFrame EncodeControl(FramePool frames, Rpc rpc)
    {
        Invariant.Check(rpc.Messages.Count == 0);
        int controlSize = ControlSize(rpc);
        int rpcSize = controlSize == 0 ? 0 : FieldSize(controlSize);
        foreach (SubscriptionChange change in rpc.Subscriptions)
        {
            rpcSize += FieldSize(2 + StringFieldSize(change.Topic));
        }

        foreach (ExtensionMessage extension in rpc.ExtensionMessages)
        {
            rpcSize += FieldSize(extension.Field, extension.Body.Length);
        }

        SharedFrame frame = frames.Rent(VarintSize((ulong)rpcSize) + rpcSize);
        var writer = new ProtobufWriter(frame.Span);
        writer.WriteVarint((ulong)rpcSize);
        foreach (SubscriptionChange change in rpc.Subscriptions)
        {
            writer.WriteHeader(1, 2 + StringFieldSize(change.Topic));
            writer.WriteVarint(1, change.Subscribe ? 1UL : 0);
            writer.WriteString(2, change.Topic);
        }

        if (controlSize > 0)
        {
            writer.WriteHeader(ControlField, controlSize);
            WriteControl(ref writer, rpc);
        }

        foreach (ExtensionMessage extension in rpc.ExtensionMessages)
        {
            writer.WriteHeader(extension.Field, extension.Body.Length);
            writer.WriteRaw(extension.Body.Span);
        }

        Invariant.Check(writer.Position == frame.Length);
        return frame;
    }

    private static int MessageSize(in RpcMessage message) =>
        FieldSize(message.Data.Length) + StringFieldSize(message.Topic)
        + OptionalSize(message.From) + OptionalSize(message.SequenceNumber) + OptionalSize(message.Signature) + OptionalSize(message.Key);

    private static void WriteMessage(ref ProtobufWriter writer, in RpcMessage message, out int dataOffset)
    {
        WriteOptional(ref writer, 1, message.From);
        writer.WriteHeader(2, message.Data.Length);
        dataOffset = writer.Position;
        writer.WriteRaw(message.Data.Span);
        WriteOptional(ref writer, 3, message.SequenceNumber);
        writer.WriteString(4, message.Topic);
        WriteOptional(ref writer, 5, message.Signature);
        WriteOptional(ref writer, 6, message.Key);
    }

    private static int ControlSize(Rpc rpc)
    {
        int size = 0;
        foreach (IHaveRange have in rpc.IHaves)
        {
            size += FieldSize(IHaveSize(rpc, have));
        }

        foreach (string topic in rpc.Grafts)
        {
            size += FieldSize(StringFieldSize(topic));
        }

        foreach (PruneNotice prune in rpc.Prunes)
        {
            size += FieldSize(PruneSize(prune));
        }

        return size + IdListSize(rpc.IWantIds) + IdListSize(rpc.IDontWantIds) + OptionalSize(rpc.Extensions);
    }

    private static void WriteControl(ref ProtobufWriter writer, Rpc rpc)
    {
        foreach (IHaveRange have in rpc.IHaves)
        {
            writer.WriteHeader(1, IHaveSize(rpc, have));
            writer.WriteString(1, have.Topic);
            WriteIds(ref writer, 2, CollectionsMarshal.AsSpan(rpc.IHaveIds).Slice(have.Start, have.Count));
        }

        WriteIdList(ref writer, 2, rpc.IWantIds);
        foreach (string topic in rpc.Grafts)
        {
            writer.WriteHeader(3, StringFieldSize(topic));
            writer.WriteString(1, topic);
        }

        foreach (PruneNotice prune in rpc.Prunes)
        {
            writer.WriteHeader(4, PruneSize(prune));
            writer.WriteString(1, prune.Topic);
            foreach (PeerExchangeInfo peer in prune.Peers)
            {
                writer.WriteHeader(2, PeerInfoSize(peer));
                writer.WriteBytes(1, peer.Peer.ToArray());
                if (!peer.SignedPeerRecord.IsEmpty)
                {
                    writer.WriteBytes(2, peer.SignedPeerRecord.Span);
                }
            }

            if (prune.Backoff is { } backoff)
            {
                writer.WriteVarint(3, BackoffSeconds(backoff));
            }
        }

        WriteIdList(ref writer, 5, rpc.IDontWantIds);
        WriteOptional(ref writer, 6, rpc.Extensions);
    }

    // Rounded up: a peer told too short a time would graft too early and be penalised for it.
    private static ulong BackoffSeconds(TimeSpan backoff) => (ulong)Math.Ceiling(backoff.TotalSeconds);

    private static int IHaveSize(Rpc rpc, IHaveRange have) =>
        StringFieldSize(have.Topic) + IdsSize(CollectionsMarshal.AsSpan(rpc.IHaveIds).Slice(have.Start, have.Count));

    private static int PruneSize(PruneNotice prune)
    {
        int size = StringFieldSize(prune.Topic) + (prune.Backoff is { } backoff ? 1 + VarintSize(BackoffSeconds(backoff)) : 0);
        foreach (PeerExchangeInfo peer in prune.Peers)
        {
            size += FieldSize(PeerInfoSize(peer));
        }

        return size;
    }

    private static int PeerInfoSize(PeerExchangeInfo peer) =>
        FieldSize(PeerId.Size) + (peer.SignedPeerRecord.IsEmpty ? 0 : FieldSize(peer.SignedPeerRecord.Length));

    private static int IdListSize(List<MessageId> ids) => ids.Count == 0 ? 0 : FieldSize(IdsSize(CollectionsMarshal.AsSpan(ids)));

    private static void WriteIdList(ref ProtobufWriter writer, int field, List<MessageId> ids)
    {
        if (ids.Count > 0)
        {
            writer.WriteHeader(field, IdsSize(CollectionsMarshal.AsSpan(ids)));
            WriteIds(ref writer, 1, CollectionsMarshal.AsSpan(ids));
        }
    }

    private static int IdsSize(ReadOnlySpan<MessageId> ids)
    {
        int size = 0;
        foreach (ref readonly MessageId id in ids)
        {
            size += FieldSize(id.Length);
        }

        return size;
    }

    private static void WriteIds(ref ProtobufWriter writer, int field, ReadOnlySpan<MessageId> ids)
    {
        foreach (ref readonly MessageId id in ids)
        {
            writer.WriteId(field, id);
        }
    }

    private static int StringFieldSize(string value) => FieldSize(Encoding.UTF8.GetByteCount(value));

    private static int OptionalSize(ReadOnlyMemory<byte>? value) => value is { } bytes ? FieldSize(bytes.Length) : 0;

    private static void WriteOptional(ref ProtobufWriter writer, int field, ReadOnlyMemory<byte>? value)
    {
        if (value is { } bytes)
        {
            writer.WriteBytes(field, bytes.Span);
        }
    }
}
