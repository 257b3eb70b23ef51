using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Aeamc.P2P.Threshold.Dkg;

/// <summary>
/// A share under ChaCha20-Poly1305 (RFC 8439). The key is a hash of the Diffie-Hellman point between the dealer's ephemeral key and the recipient's
/// encryption key, and of both their places, so it encrypts one message ever and the nonce may be zero. Whoever knows the point can open the share:
/// that is how a complaint lets the log judge.
/// </summary>
internal static class EncryptedShare
{
    private const int TagSize = 16;

    /// <summary>Ciphertext, then tag.</summary>
    public const int Size = Scalar.Size + TagSize;

    public static byte[] Seal(DkgParameters parameters, NodeIndex dealer, NodeIndex recipient, CurvePoint ephemeral, CurvePoint shared, Scalar share)
    {
        Span<byte> key = stackalloc byte[Hash256.Size];
        DeriveKey(parameters, dealer, recipient, ephemeral, shared, key);
        Span<byte> plain = stackalloc byte[Scalar.Size];
        share.CopyTo(plain);
        var sealedBytes = new byte[Size];
        using (var cipher = new ChaCha20Poly1305(key))
        {
            cipher.Encrypt(stackalloc byte[12], plain, sealedBytes.AsSpan(0, Scalar.Size), sealedBytes.AsSpan(Scalar.Size));
        }

        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(plain);
        return sealedBytes;
    }

    /// <summary>False when the tag is wrong or the plaintext is no scalar: the dealer's fault if <paramref name="shared"/> is the right point.</summary>
    public static bool TryOpen(
        DkgParameters parameters, NodeIndex dealer, NodeIndex recipient, CurvePoint ephemeral, CurvePoint shared, ReadOnlySpan<byte> sealedBytes, out Scalar share)
    {
        share = default;
        Span<byte> key = stackalloc byte[Hash256.Size];
        DeriveKey(parameters, dealer, recipient, ephemeral, shared, key);
        Span<byte> plain = stackalloc byte[Scalar.Size];
        try
        {
            using var cipher = new ChaCha20Poly1305(key);
            cipher.Decrypt(stackalloc byte[12], sealedBytes[..Scalar.Size], sealedBytes[Scalar.Size..], plain);
            return Scalar.TryDecode(plain, out share);
        }
        catch (AuthenticationTagMismatchException)
        {
            // The library's only way to say that the tag is wrong; it happens at most once per dealer and recipient.
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private static void DeriveKey(
        DkgParameters parameters, NodeIndex dealer, NodeIndex recipient, CurvePoint ephemeral, CurvePoint shared, Span<byte> key)
    {
        ReadOnlySpan<byte> label = "AEAMC-DKG-v1 share encryption"u8;
        Span<byte> input = stackalloc byte[label.Length + Hash256.Size + 4 + 3 * CurvePoint.Size];
        label.CopyTo(input);
        Span<byte> rest = input[label.Length..];
        parameters.CeremonyId.CopyTo(rest);
        BinaryPrimitives.WriteUInt16BigEndian(rest[Hash256.Size..], dealer.Value);
        BinaryPrimitives.WriteUInt16BigEndian(rest[(Hash256.Size + 2)..], recipient.Value);
        rest = rest[(Hash256.Size + 4)..];
        ephemeral.CopyTo(rest);
        parameters.EncryptionKeys[recipient.Value].CopyTo(rest[CurvePoint.Size..]);
        shared.CopyTo(rest[(2 * CurvePoint.Size)..]);
        SHA256.HashData(input, key);
        CryptographicOperations.ZeroMemory(input);
    }
}
