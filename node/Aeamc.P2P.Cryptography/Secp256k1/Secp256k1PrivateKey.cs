using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Aeamc.P2P.Native.Secp256k1;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Cryptography.Secp256k1;

/// <summary>A secp256k1 signing key, such as a relayer's wallet. Its bytes are pinned and wiped on disposal.</summary>
public sealed unsafe class Secp256k1PrivateKey : IDisposable
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    private readonly byte[] _secret = GC.AllocateArray<byte>(Size, pinned: true);
    private bool _disposed;

    private Secp256k1PrivateKey(ReadOnlySpan<byte> secret)
    {
        secret.CopyTo(_secret);
        byte* key = stackalloc byte[Secp256k1Api.PublicKeySize];
        fixed (byte* bytes = _secret)
        {
            Invariant.Check(Secp256k1Api.PublicKeyCreate(Secp256k1Context.Shared, key, bytes) == 1);
        }

        PublicKey = new Secp256k1PublicKey(key);
    }

    public Secp256k1PublicKey PublicKey { get; }

    /// <summary>Takes 32 big-endian bytes; false unless 0 &lt; key &lt; n.</summary>
    public static bool TryImport(ReadOnlySpan<byte> secret, [NotNullWhen(true)] out Secp256k1PrivateKey? privateKey)
    {
        privateKey = null;
        if (secret.Length != Size)
        {
            return false;
        }

        fixed (byte* bytes = secret)
        {
            if (Secp256k1Api.SecretKeyVerify(Secp256k1Context.Shared, bytes) != 1)
            {
                return false;
            }
        }

        privateKey = new Secp256k1PrivateKey(secret);
        return true;
    }

    /// <summary>A fresh random key.</summary>
    public static Secp256k1PrivateKey Generate()
    {
        Span<byte> secret = stackalloc byte[Size];
        Secp256k1PrivateKey? key;
        do
        {
            RandomNumberGenerator.Fill(secret);
        }
        while (!TryImport(secret, out key));

        CryptographicOperations.ZeroMemory(secret);
        return key;
    }

    /// <summary>Writes the 32 secret bytes, to be kept encrypted.</summary>
    public void Export(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _secret.CopyTo(destination);
    }

    /// <summary>ECDSA over a 32-byte hash with the nonce of RFC 6979, low s.</summary>
    /// <exception cref="ArgumentException">The hash is not 32 bytes.</exception>
    public RecoverableSignature SignRecoverable(ReadOnlySpan<byte> hash32)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (hash32.Length != 32)
        {
            throw new ArgumentException("ECDSA signs a 32-byte hash.", nameof(hash32));
        }

        byte* signature = stackalloc byte[Secp256k1Api.RecoverableSignatureSize];
        var compact = new byte[64];
        int recoveryId;
        fixed (byte* hash = hash32, secret = _secret, output = compact)
        {
            Invariant.Check(Secp256k1Api.SignRecoverable(Secp256k1Context.Shared, signature, hash, secret, 0, 0) == 1);
            Invariant.Check(Secp256k1Api.RecoverableSerializeCompact(Secp256k1Context.Shared, output, &recoveryId, signature) == 1);
        }

        return new RecoverableSignature(compact.AsMemory(0, 32), compact.AsMemory(32, 32), recoveryId);
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_secret);
        _disposed = true;
    }
}
