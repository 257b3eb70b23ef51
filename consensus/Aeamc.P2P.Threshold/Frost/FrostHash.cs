using System.Security.Cryptography;
using System.Text;

namespace Aeamc.P2P.Threshold.Frost;

/// <summary>The hash functions H1..H5 of FROST(secp256k1, SHA-256), RFC 9591 section 6.5.</summary>
public static class FrostHash
{
    /// <summary>The ciphersuite's contextString.</summary>
    public const string Context = "FROST-secp256k1-SHA256-v1";

    private static readonly byte[] BindingTag = Encoding.ASCII.GetBytes(Context + "rho");
    private static readonly byte[] ChallengeTag = Encoding.ASCII.GetBytes(Context + "chal");
    private static readonly byte[] NonceTag = Encoding.ASCII.GetBytes(Context + "nonce");
    private static readonly byte[] MessageTag = Encoding.ASCII.GetBytes(Context + "msg");
    private static readonly byte[] CommitmentTag = Encoding.ASCII.GetBytes(Context + "com");

    /// <summary>H1: the binding factor.</summary>
    public static Scalar BindingFactor(ReadOnlySpan<byte> input) => HashToScalar(input, BindingTag);

    /// <summary>H2: the challenge c over R || group key || message.</summary>
    public static Scalar Challenge(CurvePoint commitment, CurvePoint groupKey, ReadOnlySpan<byte> message)
    {
        var input = new byte[2 * CurvePoint.Size + message.Length];
        commitment.CopyTo(input);
        groupKey.CopyTo(input.AsSpan(CurvePoint.Size));
        message.CopyTo(input.AsSpan(2 * CurvePoint.Size));
        return HashToScalar(input, ChallengeTag);
    }

    /// <summary>H3 as nonce_generate uses it (RFC 9591, 4.1): hedged against a bad random source by the secret share.</summary>
    public static Scalar Nonce(ReadOnlySpan<byte> random32, Scalar secret)
    {
        Span<byte> input = stackalloc byte[2 * Scalar.Size];
        random32[..Scalar.Size].CopyTo(input);
        secret.CopyTo(input[Scalar.Size..]);
        Scalar nonce = HashToScalar(input, NonceTag);
        CryptographicOperations.ZeroMemory(input);
        return nonce;
    }

    /// <summary>H4: the message digest inside the binding factor input.</summary>
    public static Hash256 Message(ReadOnlySpan<byte> message) => Tagged(MessageTag, message);

    /// <summary>H5: the commitment list digest inside the binding factor input.</summary>
    public static Hash256 Commitments(ReadOnlySpan<byte> encoded) => Tagged(CommitmentTag, encoded);

    /// <summary>hash_to_field with one element of L = 48 bytes (RFC 9380, 5.2), modulo the group order.</summary>
    public static Scalar HashToScalar(ReadOnlySpan<byte> message, ReadOnlySpan<byte> tag)
    {
        Span<byte> uniform = stackalloc byte[48];
        ExpandMessage(message, tag, uniform);
        Scalar scalar = Scalar.Reduce(uniform);
        CryptographicOperations.ZeroMemory(uniform);
        return scalar;
    }

    /// <summary>
    /// expand_message_xmd with SHA-256 (RFC 9380, 5.3.1): fills <paramref name="output"/>, at most 255 * 32 bytes, from a message under a domain
    /// separation tag of at most 255 bytes.
    /// </summary>
    public static void ExpandMessage(ReadOnlySpan<byte> message, ReadOnlySpan<byte> tag, Span<byte> output)
    {
        const int digest = Hash256.Size, block = 64;
        int rounds = (output.Length + digest - 1) / digest;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rounds, 255);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tag.Length, 255);

        // b_0 = H(Z_pad || msg || I2OSP(len, 2) || 0 || DST || I2OSP(len(DST), 1))
        var zero = new byte[block + message.Length + 3 + tag.Length + 1];
        Span<byte> rest = zero.AsSpan(block);
        message.CopyTo(rest);
        rest = rest[message.Length..];
        rest[0] = (byte)(output.Length >> 8);
        rest[1] = (byte)(output.Length & 0xff);
        tag.CopyTo(rest[3..]);
        rest[^1] = (byte)tag.Length;
        Span<byte> first = stackalloc byte[digest];
        SHA256.HashData(zero, first);
        CryptographicOperations.ZeroMemory(zero);

        // b_i = H((b_0 xor b_(i-1)) || I2OSP(i, 1) || DST_prime), with b_0 itself for i = 1.
        Span<byte> previous = stackalloc byte[digest];
        previous.Clear();
        Span<byte> input = stackalloc byte[digest + 1 + 256];
        input = input[..(digest + 1 + tag.Length + 1)];
        tag.CopyTo(input[(digest + 1)..]);
        input[^1] = (byte)tag.Length;
        for (int round = 1; round <= rounds; round++)
        {
            for (int i = 0; i < digest; i++)
            {
                input[i] = (byte)(first[i] ^ previous[i]);
            }

            input[digest] = (byte)round;
            SHA256.HashData(input, previous);
            Span<byte> target = output[((round - 1) * digest)..];
            previous[..Math.Min(digest, target.Length)].CopyTo(target);
        }

        CryptographicOperations.ZeroMemory(first);
        CryptographicOperations.ZeroMemory(previous);
        CryptographicOperations.ZeroMemory(input);
    }

    private static Hash256 Tagged(byte[] tag, ReadOnlySpan<byte> data)
    {
        var input = new byte[tag.Length + data.Length];
        tag.CopyTo(input, 0);
        data.CopyTo(input.AsSpan(tag.Length));
        return Hash256.Of(input);
    }
}
