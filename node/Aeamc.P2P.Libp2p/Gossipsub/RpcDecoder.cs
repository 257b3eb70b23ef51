using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// Reads an RPC (rpc.proto) in place: payloads stay slices of the frame. Unknown fields are passed over. Lists of ids,
/// grafts and prunes are cut at their caps, as their excess may be ignored; a frame with too many messages or
/// subscriptions is refused.
/// </summary>
public sealed class RpcDecoder(PubsubSettings settings, TopicNames topics)
{
    private const int MaxMessages = 4096;
    private const int MaxSubscriptions = 1024;
    private const int MaxGrafts = 256;
    private const int MaxExtensionMessages = 16;
    private const int MaxSignedPeerRecordBytes = 4096;

    private readonly int[] _extensions = [.. settings.Extensions.Select(static extension => extension.Field)];

    /// <summary>Reads a frame without its length prefix into <paramref name="rpc"/>, which is cleared first.</summary>
    public RpcFault TryDecode(ReadOnlyMemory<byte> frame, Rpc rpc)
    {
        rpc.Clear();
        if (frame.Length > settings.MaxRpcBytes)
        {
            return RpcFault.FrameTooLong;
        }

        var reader = new ProtobufReader(frame.Span);
        while (reader.TryReadTag(out int field, out WireType wireType))
        {
            bool extension = Array.IndexOf(_extensions, field) >= 0;
            if (field is < 1 or > 3 && !extension)
            {
                reader.TrySkip(wireType);
                continue;
            }

            if (!reader.TryReadLength(wireType, out int start, out int length))
            {
                break;
            }

            ReadOnlyMemory<byte> body = frame.Slice(start, length);
            if (extension)
            {
                AddExtension(rpc, new ExtensionMessage(field, body));
                continue;
            }

            RpcFault fault = field switch
            {
                1 => ReadSubscription(body.Span, rpc),
                2 => ReadMessage(body, rpc),
                _ => ReadControl(body, rpc),
            };
            if (fault != RpcFault.None)
            {
                return fault;
            }
        }

        return reader.Fault;
    }

    private static void AddExtension(Rpc rpc, ExtensionMessage message)
    {
        if (rpc.ExtensionMessages.Count < MaxExtensionMessages)
        {
            rpc.ExtensionMessages.Add(message);
        }
        else
        {
            rpc.Skipped++;
        }
    }

    private RpcFault ReadSubscription(ReadOnlySpan<byte> body, Rpc rpc)
    {
        if (rpc.Subscriptions.Count == MaxSubscriptions)
        {
            return RpcFault.TooManyEntries;
        }

        bool subscribe = false;
        string? topic = null;
        var reader = new ProtobufReader(body);
        while (reader.TryReadTag(out int field, out WireType wireType))
        {
            switch (field)
            {
                case 1:
                    reader.TryReadVarint(wireType, out ulong flag);
                    subscribe = flag != 0;
                    break;
                case 2:
                    if (reader.TryReadLength(wireType, out int start, out int length) && !topics.TryGet(body.Slice(start, length), out topic))
                    {
                        return RpcFault.BadTopic;
                    }

                    break;
                default:
                    reader.TrySkip(wireType);
                    break;
            }
        }

        if (reader.Fault == RpcFault.None && topic is null)
        {
            return RpcFault.BadTopic;
        }

        rpc.Subscriptions.Add(new SubscriptionChange(topic ?? "", subscribe));
        return reader.Fault;
    }

    private RpcFault ReadMessage(ReadOnlyMemory<byte> body, Rpc rpc)
    {
        if (rpc.Messages.Count == MaxMessages)
        {
            return RpcFault.TooManyEntries;
        }

        var message = new RpcMessage();
        string? topic = null;
        var reader = new ProtobufReader(body.Span);
        while (reader.TryReadTag(out int field, out WireType wireType))
        {
            if (field is < 1 or > 6)
            {
                reader.TrySkip(wireType);
                continue;
            }

            if (!reader.TryReadLength(wireType, out int start, out int length))
            {
                break;
            }

            ReadOnlyMemory<byte> value = body.Slice(start, length);
            switch (field)
            {
                case 1: message.From = value; break;
                case 2: message.Data = value; break;
                case 3: message.SequenceNumber = value; break;
                case 5: message.Signature = value; break;
                case 6: message.Key = value; break;
                default:
                    if (!topics.TryGet(value.Span, out topic))
                    {
                        return RpcFault.BadTopic;
                    }

                    break;
            }
        }

        if (reader.Fault == RpcFault.None && topic is null)
        {
            return RpcFault.BadTopic;
        }

        message.Topic = topic ?? "";
        rpc.Messages.Add(message);
        return reader.Fault;
    }

    private RpcFault ReadControl(ReadOnlyMemory<byte> body, Rpc rpc)
    {
        var reader = new ProtobufReader(body.Span);
        while (reader.TryReadTag(out int field, out WireType wireType))
        {
            if (field is < 1 or > 6)
            {
                reader.TrySkip(wireType);
                continue;
            }

            if (!reader.TryReadLength(wireType, out int start, out int length))
            {
                break;
            }

            ReadOnlyMemory<byte> entry = body.Slice(start, length);
            RpcFault fault = field switch
            {
                1 => ReadIHave(entry.Span, rpc),
                2 => ReadIds(entry.Span, idField: 1, rpc.IWantIds, settings.MaxIWantLength, rpc),
                3 => ReadGraft(entry.Span, rpc),
                4 => ReadPrune(entry, rpc),
                6 => ReadExtensions(entry, rpc),
                _ => ReadIds(entry.Span, idField: 1, rpc.IDontWantIds, settings.MaxIDontWantIds, rpc),
            };
            if (fault != RpcFault.None)
            {
                return fault;
            }
        }

        return reader.Fault;
    }

    // Which it names is looked at only when it may be given: in the first RPC (gossipsub v1.3).
    private static RpcFault ReadExtensions(ReadOnlyMemory<byte> entry, Rpc rpc)
    {
        rpc.Extensions = entry;
        return RpcFault.None;
    }

    private RpcFault ReadIHave(ReadOnlySpan<byte> entry, Rpc rpc)
    {
        RpcFault fault = ReadTopic(entry, out string? topic);
        if (fault != RpcFault.None)
        {
            return fault;
        }

        int start = rpc.IHaveIds.Count;
        fault = ReadIds(entry, idField: 2, rpc.IHaveIds, settings.MaxIHaveLength, rpc);
        // One over the cap that the router applies, so that it sees the excess and counts it.
        if (fault == RpcFault.None && topic is not null && rpc.IHaves.Count <= settings.MaxIHaveMessages)
        {
            rpc.IHaves.Add(new IHaveRange(topic, start, rpc.IHaveIds.Count - start));
        }

        return fault;
    }

    private RpcFault ReadGraft(ReadOnlySpan<byte> entry, Rpc rpc)
    {
        RpcFault fault = ReadTopic(entry, out string? topic);
        if (fault != RpcFault.None || topic is null)
        {
            return fault;
        }

        if (rpc.Grafts.Count < MaxGrafts)
        {
            rpc.Grafts.Add(topic);
        }
        else
        {
            rpc.Skipped++;
        }

        return RpcFault.None;
    }

    private RpcFault ReadPrune(ReadOnlyMemory<byte> entry, Rpc rpc)
    {
        RpcFault fault = ReadTopic(entry.Span, out string? topic);
        if (fault != RpcFault.None || topic is null)
        {
            return fault;
        }

        TimeSpan? backoff = null;
        List<PeerExchangeInfo>? peers = null;
        var reader = new ProtobufReader(entry.Span);
        while (reader.TryReadTag(out int field, out WireType wireType))
        {
            switch (field)
            {
                case 2:
                    if (reader.TryReadLength(wireType, out int start, out int length))
                    {
                        fault = ReadPeerInfo(entry.Slice(start, length), ref peers, rpc);
                    }

                    break;
                case 3:
                    reader.TryReadVarint(wireType, out ulong seconds);
                    // Capped before it becomes a TimeSpan: a huge figure would overflow (GHSA-gc42-3jg7-rxr2).
                    backoff = TimeSpan.FromSeconds((long)Math.Min(seconds, (ulong)settings.MaxBackoff.TotalSeconds));
                    break;
                default:
                    reader.TrySkip(wireType);
                    break;
            }

            if (fault != RpcFault.None)
            {
                return fault;
            }
        }

        if (rpc.Prunes.Count < MaxGrafts)
        {
            rpc.Prunes.Add(new PruneNotice(topic, backoff, (IReadOnlyList<PeerExchangeInfo>?)peers ?? []));
        }
        else
        {
            rpc.Skipped++;
        }

        return reader.Fault;
    }

    private RpcFault ReadPeerInfo(ReadOnlyMemory<byte> info, ref List<PeerExchangeInfo>? peers, Rpc rpc)
    {
        PeerId peer = default;
        bool known = false;
        ReadOnlyMemory<byte> record = default;
        var reader = new ProtobufReader(info.Span);
        while (reader.TryReadTag(out int field, out WireType wireType))
        {
            if (field is < 1 or > 2)
            {
                reader.TrySkip(wireType);
            }
            else if (reader.TryReadLength(wireType, out int start, out int length))
            {
                if (field == 1)
                {
                    known = PeerId.TryRead(info.Span.Slice(start, length), out peer);
                }
                else
                {
                    record = info.Slice(start, length);
                }
            }
        }

        if (known && record.Length <= MaxSignedPeerRecordBytes && (peers?.Count ?? 0) < settings.PeerExchangeCount)
        {
            (peers ??= []).Add(new PeerExchangeInfo(peer, record));
        }
        else
        {
            rpc.Skipped++;
        }

        return reader.Fault;
    }

    private RpcFault ReadTopic(ReadOnlySpan<byte> entry, out string? topic)
    {
        topic = null;
        var reader = new ProtobufReader(entry);
        while (reader.TryReadTag(out int field, out WireType wireType))
        {
            if (field != 1)
            {
                reader.TrySkip(wireType);
            }
            else if (reader.TryReadLength(wireType, out int start, out int length) && !topics.TryGet(entry.Slice(start, length), out topic))
            {
                return RpcFault.BadTopic;
            }
        }

        return reader.Fault;
    }

    private static RpcFault ReadIds(ReadOnlySpan<byte> entry, int idField, List<MessageId> ids, int cap, Rpc rpc)
    {
        var reader = new ProtobufReader(entry);
        while (reader.TryReadTag(out int field, out WireType wireType))
        {
            if (field != idField)
            {
                reader.TrySkip(wireType);
            }
            else if (reader.TryReadLength(wireType, out int start, out int length))
            {
                if (ids.Count < cap && MessageId.TryCreate(entry.Slice(start, length), out MessageId id))
                {
                    ids.Add(id);
                }
                else
                {
                    rpc.Skipped++;
                }
            }
        }

        return reader.Fault;
    }
}
