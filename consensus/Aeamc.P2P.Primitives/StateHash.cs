namespace Aeamc.P2P.Primitives;

/// <summary>The digests of <see cref="StateTree"/>: leaf and inner node under different prefixes.</summary>
internal static class StateHash
{
    public const byte LeafPrefix = 0x00;
    public const byte BranchPrefix = 0x01;

    /// <summary>SHA-256(0x00 || path || value hash).</summary>
    public static Hash256 Leaf(Hash256 path, Hash256 valueHash) => Of(LeafPrefix, path, valueHash);

    /// <summary>SHA-256(0x01 || left || right).</summary>
    public static Hash256 Branch(Hash256 left, Hash256 right) => Of(BranchPrefix, left, right);

    private static Hash256 Of(byte prefix, Hash256 first, Hash256 second)
    {
        Span<byte> buffer = stackalloc byte[1 + 2 * Hash256.Size];
        buffer[0] = prefix;
        first.CopyTo(buffer[1..]);
        second.CopyTo(buffer[(1 + Hash256.Size)..]);
        return Hash256.Of(buffer);
    }
}
