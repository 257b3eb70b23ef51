using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Cryptography.Ed25519Lanes;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// The signature policy and message id rule (pubsub spec, Message Identification and Signature Policy Options). Safe for
/// concurrent use.
/// </summary>
public sealed class MessagePolicy
{
    private const int ContentIdSize = 20;
    private const int SequenceNumberSize = 8;

    [ThreadStatic]
    private static IncrementalHash? _hash;

    private readonly PubsubSettings _settings;
    private readonly PeerId _self;
    private readonly Ed25519PrivateKey? _key;
    private ulong _sequenceNumber;

    /// <param name="settings">Policy, id domain and the longest message.</param>
    /// <param name="self">The author of own messages.</param>
    /// <param name="key">Its key, required under StrictSign; not disposed.</param>
    /// <param name="firstSequenceNumber">From the clock, so that numbers increase over restarts; the first message has the next one.</param>
    public MessagePolicy(PubsubSettings settings, PeerId self, Ed25519PrivateKey? key, ulong firstSequenceNumber)
    {
        if (settings.SignaturePolicy == SignaturePolicy.StrictSign && (key is null || PeerId.FromNodeId(key.PublicKey) != self))
        {
            throw new ArgumentException("StrictSign needs the key of this peer.", nameof(key));
        }

        _settings = settings;
        _self = self;
        _key = key;
        _sequenceNumber = firstSequenceNumber;
    }

    /// <summary>Where the memory of own messages comes from.</summary>
    internal FramePool Frames { get; init; } = FramePool.Shared;

    /// <summary>Sets the fault of a received message, and its id if it has none.</summary>
    public void Identify(ref RpcMessage message)
    {
        message.Fault = message.Data.Length > _settings.MaxMessageBytes ? MessageFault.TooLong
            : _settings.SignaturePolicy == SignaturePolicy.StrictNoSign ? UnsignedFault(message)
            : SignedFault(message);
        if (message.Fault == MessageFault.None)
        {
            message.Id = _settings.SignaturePolicy == SignaturePolicy.StrictNoSign ? ContentId(message.Topic, message.Data.Span) : AuthorId(message);
        }
    }

    /// <summary>StrictSign: whether the signature of a message without fault holds. Costly: only for messages not seen yet.</summary>
    public bool VerifySignature(in RpcMessage message)
    {
        if (_settings.SignaturePolicy == SignaturePolicy.StrictNoSign)
        {
            return true;
        }

        SharedFrame signed = RpcEncoder.EncodeSigned(Frames, message);
        bool holds = Ed25519.Verify(Author(message).ToNodeId(), signed.Span, message.Signature.GetValueOrDefault().Span);
        signed.Release();
        return holds;
    }

    /// <summary>StrictSign: what the signature of a message without fault claims.</summary>
    /// <param name="message">The message; the claim refers to its memory.</param>
    /// <param name="signed">What is signed, with one holder: the caller releases it when the claim is judged.</param>
    internal Ed25519Claim Claim(in RpcMessage message, out SharedFrame signed)
    {
        signed = RpcEncoder.EncodeSigned(Frames, message);
        // An id is its author's key behind a prefix that Identify has seen.
        return new Ed25519Claim(message.From.GetValueOrDefault()[^Ed25519.PublicKeySize..], signed.Memory, message.Signature.GetValueOrDefault());
    }

    /// <summary>
    /// Makes a message of our own with one holder, the caller; under StrictSign each call makes another message, even of the same data.
    /// </summary>
    public PubsubMessage Create(string topic, ReadOnlySpan<byte> data)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(copy);
        var message = new RpcMessage { Topic = topic, Data = copy.AsMemory(0, data.Length) };
        if (_key is not null && _settings.SignaturePolicy == SignaturePolicy.StrictSign)
        {
            var sequenceNumber = new byte[SequenceNumberSize];
            BinaryPrimitives.WriteUInt64BigEndian(sequenceNumber, Interlocked.Increment(ref _sequenceNumber));
            message.From = _self.ToArray();
            message.SequenceNumber = sequenceNumber;
            SharedFrame signed = RpcEncoder.EncodeSigned(Frames, message);
            message.Signature = _key.Sign(signed.Span);
            signed.Release();
        }

        Identify(ref message);
        var created = PubsubMessage.Copy(Frames, message);
        ArrayPool<byte>.Shared.Return(copy);
        return created;
    }

    // StrictNoSign: absent, not merely empty.
    private static MessageFault UnsignedFault(in RpcMessage message) =>
        message.From is null && message.SequenceNumber is null && message.Signature is null && message.Key is null
            ? MessageFault.None
            : MessageFault.UnexpectedSignature;

    private static MessageFault SignedFault(in RpcMessage message)
    {
        if (message.From is not { } from || message.SequenceNumber is not { Length: SequenceNumberSize } || message.Signature is not { Length: Ed25519.SignatureSize })
        {
            return MessageFault.MissingSignature;
        }

        // The key may be given although an Ed25519 author contains it; then it must be the author's.
        bool known = PeerId.TryRead(from.Span, out PeerId author);
        return known && (message.Key is not { } key || (PeerId.TryReadPublicKey(key.Span, out PeerId owner) && owner == author))
            ? MessageFault.None
            : MessageFault.WrongAuthor;
    }

    private static PeerId Author(in RpcMessage message)
    {
        PeerId.TryRead(message.From.GetValueOrDefault().Span, out PeerId author);
        return author;
    }

    private static MessageId AuthorId(in RpcMessage message)
    {
        Span<byte> bytes = stackalloc byte[PeerId.Size + SequenceNumberSize];
        message.From.GetValueOrDefault().Span.CopyTo(bytes);
        message.SequenceNumber.GetValueOrDefault().Span.CopyTo(bytes[PeerId.Size..]);
        MessageId.TryCreate(bytes, out MessageId id);
        return id;
    }

    // SHA-256(domain || topic || data), the first 20 bytes. No topic of a network may be the beginning of another one.
    private MessageId ContentId(string topic, ReadOnlySpan<byte> data)
    {
        Span<byte> name = stackalloc byte[TopicNames.MaxBytes];
        int nameLength = Encoding.UTF8.GetBytes(topic, name);
        IncrementalHash hash = _hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_settings.MessageIdDomain.Span);
        hash.AppendData(name[..nameLength]);
        hash.AppendData(data);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        MessageId.TryCreate(digest[..ContentIdSize], out MessageId id);
        return id;
    }
}
