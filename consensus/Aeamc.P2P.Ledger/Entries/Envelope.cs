using System.Buffers;
using System.Text;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// A signed payload as it travels: the signature covers the payload's raw bytes, so nothing is parsed before it is verified and there is no
/// canonicalisation to get wrong. Encoding: [payload bin, kid bin 32 | 33, alg u8, sig bin].
/// </summary>
/// <param name="Payload">The payload's encoding.</param>
/// <param name="Key">The key that signed ("kid": the raw key itself, so the signature can be checked without state).</param>
/// <param name="Algorithm">How it signed.</param>
/// <param name="Signature">64 bytes, or strict DER for <see cref="SignatureAlgorithm.Es256Der"/>. Stored as sent.</param>
public sealed record Envelope(byte[] Payload, PublicKey Key, SignatureAlgorithm Algorithm, byte[] Signature)
{
    /// <summary>The longest payload in bytes.</summary>
    public const int MaxPayload = 40 * 1024;

    private const int RawSignatureSize = 64;

    /// <summary>
    /// The bytes that a signature covers: UTF-8 <c>"aeamc/v2/" || network name || "/" || kind name || "/"</c>, then the payload. Network and kind keep a
    /// signature from being used anywhere else.
    /// </summary>
    public static byte[] SignedMessage(string network, EntryKind kind, ReadOnlySpan<byte> payload)
    {
        byte[] domain = Encoding.UTF8.GetBytes(string.Concat("aeamc/v2/", network, "/" + kind.Name() + "/"));
        return Join(domain, payload);
    }

    /// <summary>The canonical encoding.</summary>
    public byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>(Payload.Length + Signature.Length + 64);
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(4);
        writer.Write(Payload);
        writer.Write(Key);
        writer.Write((ulong)Algorithm);
        writer.Write(Signature);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads the canonical encoding; a key or a signature that is not of the algorithm's form is refused.</summary>
    internal static bool TryRead(ReadOnlyMemory<byte> bytes, out View view)
    {
        view = default;
        var reader = new MessagePackReader(bytes.Span);
        if (!reader.TryReadArrayHeader(4)
            || !reader.TryReadBinary(MaxPayload, out ReadOnlySpan<byte> payload)
            || !reader.TryReadKey(out PublicKey key)
            || !reader.TryReadUInt8(out byte code)
            || !reader.TryReadBinary(StrictDer.MaxLength, out ReadOnlySpan<byte> signature)
            || !reader.End)
        {
            return false;
        }

        var algorithm = (SignatureAlgorithm)code;
        bool formed = algorithm == SignatureAlgorithm.Es256Der ? StrictDer.IsP256Signature(signature) : signature.Length == RawSignatureSize;
        view = new View(payload, key, algorithm, bytes[^signature.Length..]);
        return formed && key.Serves(algorithm);
    }

    internal static byte[] Join(ReadOnlySpan<byte> domain, ReadOnlySpan<byte> payload)
    {
        var message = new byte[domain.Length + payload.Length];
        domain.CopyTo(message);
        payload.CopyTo(message.AsSpan(domain.Length));
        return message;
    }

    /// <summary>An envelope read in place.</summary>
    internal readonly ref struct View(ReadOnlySpan<byte> payload, PublicKey key, SignatureAlgorithm algorithm, ReadOnlyMemory<byte> signature)
    {
        public ReadOnlySpan<byte> Payload { get; } = payload;

        public PublicKey Key { get; } = key;

        public SignatureAlgorithm Algorithm { get; } = algorithm;

        public ReadOnlyMemory<byte> Signature { get; } = signature;
    }
}
