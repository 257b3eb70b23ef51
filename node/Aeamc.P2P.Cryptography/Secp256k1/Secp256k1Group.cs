using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Aeamc.P2P.Native.Secp256k1;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold.Group;

namespace Aeamc.P2P.Cryptography.Secp256k1;

/// <summary>
/// <see cref="ISecp256k1Group"/> over libsecp256k1. The library knows no identity and no zero scalar, so those are answered here, and every result
/// code is checked. Safe for any number of threads.
/// </summary>
public sealed unsafe class Secp256k1Group : ISecp256k1Group
{
    private const int KeySize = Secp256k1Api.PublicKeySize;

    private readonly Secp256k1ContextHandle _context = Secp256k1Context.Shared;

    private Secp256k1Group()
    {
    }

    /// <summary>The only instance; it holds no state of its own.</summary>
    public static Secp256k1Group Shared { get; } = new();

    public bool TryDecode(ReadOnlySpan<byte> compressed, out CurvePoint point)
    {
        point = default;
        if (compressed.Length != CurvePoint.Size)
        {
            return false;
        }

        byte* key = stackalloc byte[KeySize];
        fixed (byte* input = compressed)
        {
            if (Secp256k1Api.PublicKeyParse(_context, key, input, CurvePoint.Size) != 1)
            {
                return false;
            }
        }

        point = CurvePoint.FromTrusted(compressed);
        return true;
    }

    public CurvePoint MultiplyBase(Scalar scalar)
    {
        if (scalar.IsZero)
        {
            return CurvePoint.Identity;
        }

        Span<byte> secret = stackalloc byte[Scalar.Size];
        scalar.CopyTo(secret);
        byte* key = stackalloc byte[KeySize];
        fixed (byte* bytes = secret)
        {
            Invariant.Check(Secp256k1Api.PublicKeyCreate(_context, key, bytes) == 1);
        }

        CryptographicOperations.ZeroMemory(secret);
        return Serialize(key);
    }

    public CurvePoint MultiplySecret(CurvePoint point, Scalar scalar)
    {
        if (point.IsIdentity || scalar.IsZero)
        {
            return CurvePoint.Identity;
        }

        byte* key = stackalloc byte[KeySize];
        Parse(point, key);
        Span<byte> secret = stackalloc byte[Scalar.Size];
        scalar.CopyTo(secret);
        Span<byte> product = stackalloc byte[CurvePoint.Size];
        fixed (byte* bytes = secret, output = product)
        {
            // ECDH is the library's only constant-time multiplication of any point; the callback keeps the point itself instead of hashing it.
            Invariant.Check(Secp256k1Api.Ecdh(_context, output, key, bytes, &Compress, null) == 1);
        }

        CryptographicOperations.ZeroMemory(secret);
        CurvePoint result = CurvePoint.FromTrusted(product);
        CryptographicOperations.ZeroMemory(product);
        return result;
    }

    public CurvePoint Multiply(CurvePoint point, Scalar scalar)
    {
        if (point.IsIdentity || scalar.IsZero)
        {
            return CurvePoint.Identity;
        }

        byte* key = stackalloc byte[KeySize];
        Parse(point, key);
        Span<byte> tweak = stackalloc byte[Scalar.Size];
        scalar.CopyTo(tweak);
        fixed (byte* bytes = tweak)
        {
            Invariant.Check(Secp256k1Api.PublicKeyTweakMultiply(_context, key, bytes) == 1);
        }

        return Serialize(key);
    }

    public CurvePoint Sum(params ReadOnlySpan<CurvePoint> points)
    {
        var keys = new byte[points.Length * KeySize];
        var addresses = new nint[points.Length];
        int count = 0;
        fixed (byte* first = keys)
        fixed (nint* table = addresses)
        {
            foreach (CurvePoint point in points)
            {
                if (!point.IsIdentity)
                {
                    byte* key = first + (count * KeySize);
                    Parse(point, key);
                    table[count++] = (nint)key;
                }
            }

            if (count == 0)
            {
                return CurvePoint.Identity;
            }

            // Valid keys whose sum is the identity are the only reason for a refusal.
            byte* sum = stackalloc byte[KeySize];
            return Secp256k1Api.PublicKeyCombine(_context, sum, (byte**)table, (nuint)count) == 1 ? Serialize(sum) : CurvePoint.Identity;
        }
    }

    public CurvePoint Negate(CurvePoint point)
    {
        if (point.IsIdentity)
        {
            return point;
        }

        byte* key = stackalloc byte[KeySize];
        Parse(point, key);
        Invariant.Check(Secp256k1Api.PublicKeyNegate(_context, key) == 1);
        return Serialize(key);
    }

    public void WriteUncompressed(CurvePoint point, Span<byte> destination)
    {
        Invariant.Check(destination.Length >= Secp256k1PublicKey.UncompressedSize);
        byte* key = stackalloc byte[KeySize];
        Parse(point, key);
        nuint length = Secp256k1PublicKey.UncompressedSize;
        fixed (byte* output = destination)
        {
            Invariant.Check(Secp256k1Api.PublicKeySerialize(_context, output, &length, key, Secp256k1Api.UncompressedKey) == 1);
        }
    }

    private void Parse(CurvePoint point, byte* key)
    {
        Span<byte> compressed = stackalloc byte[CurvePoint.Size];
        point.CopyTo(compressed);
        fixed (byte* input = compressed)
        {
            Invariant.Check(Secp256k1Api.PublicKeyParse(_context, key, input, CurvePoint.Size) == 1);
        }
    }

    private CurvePoint Serialize(byte* key)
    {
        Span<byte> compressed = stackalloc byte[CurvePoint.Size];
        nuint length = CurvePoint.Size;
        fixed (byte* output = compressed)
        {
            Invariant.Check(Secp256k1Api.PublicKeySerialize(_context, output, &length, key, Secp256k1Api.CompressedKey) == 1);
        }

        return CurvePoint.FromTrusted(compressed);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Compress(byte* output, byte* x32, byte* y32, void* data)
    {
        output[0] = (byte)(2 | (y32[31] & 1));
        new ReadOnlySpan<byte>(x32, 32).CopyTo(new Span<byte>(output + 1, 32));
        return 1;
    }
}
