using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Records.Wire;
using Google.Protobuf;

namespace Aeamc.P2P.Libp2p.Records;

/// <summary>Signed envelopes (libp2p specs, RFC 0002): a payload of a stated type, signed under a domain.</summary>
public static class SignedEnvelope
{
    /// <summary>The longest envelope that is read.</summary>
    public const int MaxLength = 8 * 1024;

    /// <summary>Signs a payload and gives the envelope's bytes.</summary>
    public static byte[] Seal(Ed25519PrivateKey key, string domain, ReadOnlySpan<byte> payloadType, ReadOnlySpan<byte> payload) => new Envelope
    {
        PublicKey = ByteString.CopyFrom(PeerId.FromNodeId(key.PublicKey).ToPublicKeyProtobuf()),
        PayloadType = ByteString.CopyFrom(payloadType),
        Payload = ByteString.CopyFrom(payload),
        Signature = ByteString.CopyFrom(key.Sign(SignedBytes(domain, payloadType, payload))),
    }.ToByteArray();

    /// <summary>Reads and checks an envelope; false when it is malformed, of another type, or its signature does not hold.</summary>
    public static bool TryOpen(
        ReadOnlySpan<byte> envelope,
        string domain,
        ReadOnlySpan<byte> payloadType,
        out PeerId signer,
        out ReadOnlyMemory<byte> payload)
    {
        signer = default;
        payload = default;
        if (envelope.Length > MaxLength)
        {
            return false;
        }

        Envelope wire;
        try
        {
            wire = Envelope.Parser.ParseFrom(envelope);
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }

        if (!PeerId.TryReadPublicKey(wire.PublicKey.Span, out signer)
            || !wire.PayloadType.Span.SequenceEqual(payloadType)
            || !Ed25519.Verify(signer.ToNodeId(), SignedBytes(domain, payloadType, wire.Payload.Span), wire.Signature.Span))
        {
            return false;
        }

        payload = wire.Payload.Memory;
        return true;
    }

    // Domain, type and payload, each with its uvarint length before it.
    private static byte[] SignedBytes(string domain, ReadOnlySpan<byte> payloadType, ReadOnlySpan<byte> payload)
    {
        byte[] domainBytes = System.Text.Encoding.UTF8.GetBytes(domain);
        var bytes = new byte[(3 * UVarint.MaxLength) + domainBytes.Length + payloadType.Length + payload.Length];
        int at = LengthPrefixed.Write(bytes, domainBytes);
        at += LengthPrefixed.Write(bytes.AsSpan(at), payloadType);
        at += LengthPrefixed.Write(bytes.AsSpan(at), payload);
        return bytes[..at];
    }
}
