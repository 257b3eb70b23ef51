namespace Aeamc.P2P.Primitives;

/// <summary>Lists of hashes as one byte string, 32 bytes each, without separators.</summary>
public static class HashList
{
    /// <summary>Writes every hash to <paramref name="destination"/>, which has room for 32 bytes each.</summary>
    public static void Write(ReadOnlySpan<Hash256> hashes, Span<byte> destination)
    {
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i].CopyTo(destination[(i * Hash256.Size)..]);
        }
    }

    /// <summary>The hashes in <paramref name="bytes"/>, whose length is a multiple of 32.</summary>
    public static Hash256[] Read(ReadOnlySpan<byte> bytes)
    {
        Invariant.Check(bytes.Length % Hash256.Size == 0);
        var hashes = new Hash256[bytes.Length / Hash256.Size];
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] = new Hash256(bytes.Slice(i * Hash256.Size, Hash256.Size));
        }

        return hashes;
    }
}
