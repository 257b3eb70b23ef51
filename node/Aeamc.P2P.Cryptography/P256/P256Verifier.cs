using System.Security.Cryptography;

namespace Aeamc.P2P.Cryptography;

/// <summary>
/// ECDSA over P-256 with SHA-256 ("ES256"), verified by .NET. Importing a key costs twice what a verification does, so imported keys are
/// cached. Thread-safe.
/// </summary>
/// <param name="keyCapacity">How many imported keys are kept, about 2 KB each.</param>
public sealed class P256Verifier(int keyCapacity = 8192)
{
    private readonly BoundedCache<P256Point, KeySlot> _keys = new(keyCapacity);

    /// <summary>Imported keys held now.</summary>
    public int CachedKeys => _keys.Count;

    /// <summary>Whether the signature, 64 bytes r || s, is that key's over SHA-256 of the message. Bad input is false.</summary>
    /// <param name="compressedKey">33 bytes, SEC 1 compressed.</param>
    /// <param name="message">The signed bytes.</param>
    /// <param name="signature">64 bytes.</param>
    public bool VerifyRaw(ReadOnlySpan<byte> compressedKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Span<byte> raw = stackalloc byte[P256Signature.RawSize];
        return P256Signature.TryReadRaw(signature, raw) && VerifyParsed(compressedKey, message, raw);
    }

    /// <summary>The same for a signature in strict DER (see <see cref="P256Signature"/>).</summary>
    public bool VerifyDer(ReadOnlySpan<byte> compressedKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Span<byte> raw = stackalloc byte[P256Signature.RawSize];
        return P256Signature.TryReadDer(signature, raw) && VerifyParsed(compressedKey, message, raw);
    }

    /// <summary>Whether 33 bytes are a compressed point of the curve.</summary>
    public static bool IsValidKey(ReadOnlySpan<byte> compressedKey) =>
        P256Point.TryRead(compressedKey, out P256Point point) && P256Curve.TryDecompress(compressedKey[1..], point.OddY, out _);

    private bool VerifyParsed(ReadOnlySpan<byte> compressedKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> raw)
    {
        if (!P256Point.TryRead(compressedKey, out P256Point point))
        {
            return false;
        }

        bool known = _keys.TryGet(point, out KeySlot? slot);
        ECDsa? key = known ? slot!.Take() : null;
        if (key is null && !TryImport(compressedKey, out key))
        {
            return false;
        }

        if (!known)
        {
            slot = new KeySlot();
            _keys.Add(point, slot);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message, digest);
        bool valid = key!.VerifyHash(digest, raw);
        slot!.Return(key);
        return valid;
    }

    private static bool TryImport(ReadOnlySpan<byte> compressedKey, out ECDsa? key)
    {
        key = null;
        if (!P256Curve.TryDecompress(compressedKey[1..], compressedKey[0] == 3, out Org.BouncyCastle.Math.EC.ECPoint? point))
        {
            return false;
        }

        key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = point.AffineXCoord.GetEncoded(), Y = point.AffineYCoord.GetEncoded() },
        });
        return true;
    }

    /// <summary>
    /// One imported key, used by one thread at a time because .NET promises no more for <see cref="ECDsa"/>. A second thread that finds it
    /// taken imports its own rather than wait; of two that come back one is kept.
    /// </summary>
    private sealed class KeySlot
    {
        private ECDsa? _key;

        public ECDsa? Take() => Interlocked.Exchange(ref _key, null);

        public void Return(ECDsa key) => Interlocked.Exchange(ref _key, key)?.Dispose();
    }
}
