using Aeamc.P2P.Native.Sodium;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Cryptography;

/// <summary>X25519 key agreement (RFC 7748). Private keys are any 32 bytes; clamping is done inside.</summary>
public static unsafe class X25519
{
    /// <summary>Length in bytes of a private key, a public key and a shared secret.</summary>
    public const int Size = 32;

    /// <summary>Makes a new key pair in two 32-byte spans. The caller wipes the private one.</summary>
    public static void GenerateKeyPair(Span<byte> privateKey, Span<byte> publicKey)
    {
        RequireSize(privateKey, nameof(privateKey));
        SecureRandom.Fill(privateKey);
        DerivePublicKey(privateKey, publicKey);
    }

    /// <summary>Writes the public key of a private key.</summary>
    public static void DerivePublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        RequireSize(privateKey, nameof(privateKey));
        RequireSize(publicKey, nameof(publicKey));
        SodiumLibrary.EnsureReady();
        fixed (byte* scalar = privateKey, point = publicKey)
        {
            Invariant.Check(LibSodium.crypto_scalarmult_curve25519_base(point, scalar) == 0);
        }
    }

    /// <summary>
    /// Writes the shared secret. False when it would be all zero, that is when the peer sent a point of small order (RFC 7748 section 6.1);
    /// the handshake must then be given up.
    /// </summary>
    /// <param name="privateKey">Our 32 bytes.</param>
    /// <param name="peerPublicKey">The peer's 32 bytes; another length is false, since a stranger chose it.</param>
    /// <param name="sharedSecret">32 bytes of room.</param>
    public static bool ScalarMult(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> peerPublicKey, Span<byte> sharedSecret)
    {
        RequireSize(privateKey, nameof(privateKey));
        RequireSize(sharedSecret, nameof(sharedSecret));
        if (peerPublicKey.Length != Size)
        {
            return false;
        }

        SodiumLibrary.EnsureReady();
        fixed (byte* scalar = privateKey, point = peerPublicKey, shared = sharedSecret)
        {
            return LibSodium.crypto_scalarmult_curve25519(shared, scalar, point) == 0;
        }
    }

    private static void RequireSize(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"X25519 works on {Size} bytes, not {bytes.Length}.", name);
        }
    }
}
