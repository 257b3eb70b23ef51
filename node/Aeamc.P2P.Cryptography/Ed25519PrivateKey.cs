using Aeamc.P2P.Native.Sodium;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Cryptography;

/// <summary>
/// An Ed25519 signing key (RFC 8032) in guarded memory. Safe for use from several threads; signing after <see cref="Dispose"/> throws
/// <see cref="ObjectDisposedException"/>.
/// </summary>
public sealed unsafe class Ed25519PrivateKey : IDisposable
{
    private const int SecretKeySize = 64;

    // The seed, then the public key: the layout libsodium signs from.
    private readonly SodiumMemory _secret;

    private Ed25519PrivateKey(SodiumMemory secret, NodeId publicKey)
    {
        _secret = secret;
        PublicKey = publicKey;
    }

    /// <summary>The public half.</summary>
    public NodeId PublicKey { get; }

    /// <summary>A new key from the system's randomness.</summary>
    public static Ed25519PrivateKey Generate()
    {
        Span<byte> seed = stackalloc byte[Ed25519.SeedSize];
        try
        {
            SecureRandom.Fill(seed);
            return FromSeed(seed);
        }
        finally
        {
            FixedTime.Wipe(seed);
        }
    }

    /// <summary>The key of a 32-byte seed. The caller wipes its own copy of the seed.</summary>
    /// <exception cref="ArgumentException">The seed is not 32 bytes long.</exception>
    public static Ed25519PrivateKey FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != Ed25519.SeedSize)
        {
            throw new ArgumentException($"An Ed25519 seed has {Ed25519.SeedSize} bytes, not {seed.Length}.", nameof(seed));
        }

        Span<byte> publicKey = stackalloc byte[Ed25519.PublicKeySize];
        SodiumMemory secret = SodiumMemory.Create(SecretKeySize, seed, static (memory, from) =>
        {
            byte* unused = stackalloc byte[Ed25519.PublicKeySize];
            fixed (byte* to = memory, source = from)
            {
                Invariant.Check(LibSodium.crypto_sign_ed25519_seed_keypair(unused, to, source) == 0);
            }
        });
        using (SodiumMemory.Lease lease = secret.Borrow())
        {
            lease.Bytes[Ed25519.SeedSize..].CopyTo(publicKey);
        }

        return new Ed25519PrivateKey(secret, new NodeId(publicKey));
    }

    /// <summary>Writes the 64-byte signature of <paramref name="message"/> to the start of <paramref name="signature"/>.</summary>
    /// <exception cref="ArgumentException">Fewer than 64 bytes of room.</exception>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        if (signature.Length < Ed25519.SignatureSize)
        {
            throw new ArgumentException($"A signature needs {Ed25519.SignatureSize} bytes of room.", nameof(signature));
        }

        using SodiumMemory.Lease lease = _secret.Borrow();
        fixed (byte* text = message, sig = signature)
        {
            Invariant.Check(LibSodium.crypto_sign_ed25519_detached(sig, null, text, (ulong)message.Length, lease.Pointer) == 0);
        }
    }

    /// <summary>The 64-byte signature of <paramref name="message"/>.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        var signature = new byte[Ed25519.SignatureSize];
        Sign(message, signature);
        return signature;
    }

    /// <summary>Writes the 32-byte seed, for the keystore alone. The caller wipes it.</summary>
    public void ExportSeed(Span<byte> seed)
    {
        using SodiumMemory.Lease lease = _secret.Borrow();
        lease.Bytes[..Ed25519.SeedSize].CopyTo(seed);
    }

    /// <summary>The seed and public key, 64 bytes, for the other uses of this key inside this project.</summary>
    internal SodiumMemory.Lease BorrowSecret() => _secret.Borrow();

    /// <summary>Wipes and frees the key.</summary>
    public void Dispose() => _secret.Dispose();

    /// <summary>Never the secret: the public key's short form.</summary>
    public override string ToString() => $"Ed25519PrivateKey({PublicKey.ToShortString()})";
}
