using Aeamc.P2P.Native.Sodium;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Cryptography;

/// <summary>
/// Ed25519 verification (RFC 8032) by libsodium's rule, the one rule of protocol version 1: S below the group order, canonical public key,
/// and neither R nor the public key of small order; the equation is checked without the cofactor.
/// </summary>
public static unsafe class Ed25519
{
    public const int PublicKeySize = 32;
    public const int SignatureSize = 64;
    public const int SeedSize = 32;

    /// <summary>Whether the signature is that key's over that message. Wrong lengths are false, never an exception.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != PublicKeySize || signature.Length != SignatureSize)
        {
            return false;
        }

        SodiumLibrary.EnsureReady();
        fixed (byte* key = publicKey, text = message, sig = signature)
        {
            return LibSodium.crypto_sign_ed25519_verify_detached(sig, text, (ulong)message.Length, key) == 0;
        }
    }

    /// <summary>Whether the signature is that node's over that message.</summary>
    public static bool Verify(NodeId node, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Span<byte> key = stackalloc byte[PublicKeySize];
        node.CopyTo(key);
        return Verify(key, message, signature);
    }
}
