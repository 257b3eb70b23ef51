using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Native.Secp256k1;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Cryptography.Secp256k1;

/// <summary>A secp256k1 public key for ECDSA, as an EVM chain uses it.</summary>
public sealed unsafe class Secp256k1PublicKey : IEquatable<Secp256k1PublicKey>
{
    /// <summary>Length of 0x02/0x03 || x.</summary>
    public const int CompressedSize = 33;

    /// <summary>Length of 0x04 || x || y.</summary>
    public const int UncompressedSize = 65;

    private readonly byte[] _compressed = new byte[CompressedSize];
    private readonly byte[] _uncompressed = new byte[UncompressedSize];

    internal Secp256k1PublicKey(byte* key)
    {
        nuint compressedLength = CompressedSize, uncompressedLength = UncompressedSize;
        fixed (byte* compressed = _compressed, uncompressed = _uncompressed)
        {
            Invariant.Check(Secp256k1Api.PublicKeySerialize(Secp256k1Context.Shared, compressed, &compressedLength, key, Secp256k1Api.CompressedKey) == 1);
            Invariant.Check(Secp256k1Api.PublicKeySerialize(Secp256k1Context.Shared, uncompressed, &uncompressedLength, key, Secp256k1Api.UncompressedKey) == 1);
        }
    }

    /// <summary>33 bytes.</summary>
    public ReadOnlySpan<byte> Compressed => _compressed;

    /// <summary>65 bytes; an EVM address is the last 20 bytes of Keccak-256 over the last 64 of these.</summary>
    public ReadOnlySpan<byte> Uncompressed => _uncompressed;

    /// <summary>Parses 33 or 65 bytes; false when they are no point of the curve.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Secp256k1PublicKey? publicKey)
    {
        publicKey = null;
        if (bytes.Length is not (CompressedSize or UncompressedSize) || bytes[0] is 6 or 7)
        {
            return false;
        }

        byte* key = stackalloc byte[Secp256k1Api.PublicKeySize];
        fixed (byte* input = bytes)
        {
            if (Secp256k1Api.PublicKeyParse(Secp256k1Context.Shared, key, input, (nuint)bytes.Length) != 1)
            {
                return false;
            }
        }

        publicKey = new Secp256k1PublicKey(key);
        return true;
    }

    /// <summary>The key that made <paramref name="signature"/> over a 32-byte hash; false when there is none.</summary>
    public static bool TryRecover(ReadOnlySpan<byte> hash32, RecoverableSignature signature, [NotNullWhen(true)] out Secp256k1PublicKey? publicKey)
    {
        publicKey = null;
        if (hash32.Length != 32 || signature.R.Length != 32 || signature.S.Length != 32 || signature.RecoveryId is < 0 or > 3)
        {
            return false;
        }

        Span<byte> compact = stackalloc byte[64];
        signature.R.CopyTo(compact);
        signature.S.CopyTo(compact[32..]);
        byte* parsed = stackalloc byte[Secp256k1Api.RecoverableSignatureSize];
        byte* key = stackalloc byte[Secp256k1Api.PublicKeySize];
        fixed (byte* input = compact, hash = hash32)
        {
            if (Secp256k1Api.RecoverableParseCompact(Secp256k1Context.Shared, parsed, input, signature.RecoveryId) != 1
                || Secp256k1Api.Recover(Secp256k1Context.Shared, key, parsed, hash) != 1)
            {
                return false;
            }
        }

        publicKey = new Secp256k1PublicKey(key);
        return true;
    }

    /// <summary>Checks a 64-byte r || s over a 32-byte hash. Only the form with the lower s is accepted, as EVM chains do (EIP-2).</summary>
    public bool Verify(ReadOnlySpan<byte> hash32, ReadOnlySpan<byte> signature64)
    {
        if (hash32.Length != 32 || signature64.Length != 64)
        {
            return false;
        }

        byte* key = stackalloc byte[Secp256k1Api.PublicKeySize];
        byte* signature = stackalloc byte[Secp256k1Api.SignatureSize];
        fixed (byte* own = _compressed, input = signature64, hash = hash32)
        {
            Invariant.Check(Secp256k1Api.PublicKeyParse(Secp256k1Context.Shared, key, own, CompressedSize) == 1);
            return Secp256k1Api.SignatureParseCompact(Secp256k1Context.Shared, signature, input) == 1
                && Secp256k1Api.Verify(Secp256k1Context.Shared, signature, hash, key) == 1;
        }
    }

    public bool Equals(Secp256k1PublicKey? other) => other is not null && Compressed.SequenceEqual(other.Compressed);

    public override bool Equals(object? obj) => Equals(obj as Secp256k1PublicKey);

    public override int GetHashCode() => BitConverter.ToInt32(_compressed, 1);

    /// <summary>66 lowercase hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(_compressed);
}
