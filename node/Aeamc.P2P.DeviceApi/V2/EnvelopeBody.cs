using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.DeviceApi.Http;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceApi.V2;

/// <summary>An envelope as JSON.</summary>
/// <param name="Payload">The signed bytes, base64.</param>
/// <param name="Kid">The signing key: hexadecimal or base64 of 32 bytes (Ed25519) or 33 (P-256, compressed).</param>
/// <param name="Alg"><c>Ed25519</c>, <c>ES256</c> (r || s) or <c>ES256-DER</c>.</param>
/// <param name="Sig">The signature, base64.</param>
public sealed record EnvelopeJson(string? Payload, string? Kid, string? Alg, string? Sig);

/// <summary>Turns a posted body into envelope bytes.</summary>
internal static class EnvelopeBody
{
    /// <summary>Whether the body is MessagePack, JSON (false), or neither (null).</summary>
    public static bool? IsMessagePack(string? contentType)
    {
        ReadOnlySpan<char> type = contentType.AsSpan();
        int end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        if (type.Equals(Reply.MessagePack, StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/x-msgpack", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/vnd.msgpack", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        return type.Equals(Reply.Json, StringComparison.OrdinalIgnoreCase) ? false : null;
    }

    /// <summary>The key that an envelope names; false when the bytes cannot be an envelope.</summary>
    public static bool TryReadKey(ReadOnlySpan<byte> envelope, out ReadOnlySpan<byte> key)
    {
        key = default;
        var reader = new MessagePackReader(envelope);
        return reader.TryReadArrayHeader(4)
            && reader.TryReadBinary(Envelope.MaxPayload, out _)
            && reader.TryReadBinary(PublicKey.P256Size, out key);
    }

    /// <summary>The envelope that a JSON body describes.</summary>
    public static bool TryReadJson(ReadOnlySpan<byte> body, [NotNullWhen(true)] out byte[]? envelope)
    {
        envelope = null;
        if (!JsonBody.TryRead(body, V2Json.Default.EnvelopeJson, out EnvelopeJson? json)
            || !TryBase64(json.Payload, out byte[] payload)
            || payload.Length > Envelope.MaxPayload
            || !TryReadKey(json.Kid, out PublicKey key)
            || !TryBase64(json.Sig, out byte[] signature)
            || signature.Length > StrictDer.MaxLength)
        {
            return false;
        }

        SignatureAlgorithm algorithm = json.Alg switch
        {
            "Ed25519" => SignatureAlgorithm.Ed25519,
            "ES256" => SignatureAlgorithm.Es256,
            "ES256-DER" => SignatureAlgorithm.Es256Der,
            _ => SignatureAlgorithm.None,
        };
        envelope = new Envelope(payload, key, algorithm, signature).Encode();
        return true;
    }

    private static bool TryReadKey(string? text, out PublicKey key) =>
        PublicKey.TryParse(text, out key) || (TryBase64(text, out byte[] bytes) && PublicKey.TryParse(bytes, out key));

    private static bool TryBase64(string? text, out byte[] bytes)
    {
        bytes = text is null ? [] : new byte[text.Length / 4 * 3];
        if (text is null || !Convert.TryFromBase64String(text, bytes, out int length))
        {
            return false;
        }

        bytes = bytes[..length];
        return true;
    }
}
