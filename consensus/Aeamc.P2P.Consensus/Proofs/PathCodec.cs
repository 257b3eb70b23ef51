using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Proofs;

/// <summary>A Merkle path as one byte string, 32 bytes a sibling, lowest first.</summary>
internal static class PathCodec
{
    public static void Write(ref MessagePackWriter writer, ReadOnlySpan<Hash256> path)
    {
        Span<byte> bytes = stackalloc byte[MerkleTree.MaxPathLength * Hash256.Size];
        HashList.Write(path, bytes);
        writer.Write(bytes[..(path.Length * Hash256.Size)]);
    }

    public static bool TryRead(ref MessagePackReader reader, int maximum, out Hash256[] path)
    {
        path = [];
        if (!reader.TryReadBinary(maximum * Hash256.Size, out ReadOnlySpan<byte> bytes) || bytes.Length % Hash256.Size != 0)
        {
            return false;
        }

        path = HashList.Read(bytes);
        return true;
    }
}
