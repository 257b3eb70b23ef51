using System.Buffers.Binary;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>Names of work units.</summary>
public static class TaskUnit
{
    /// <summary>
    /// The task id that a proof of unit <paramref name="index"/> carries: SHA-256(post id || index as u32 big-endian). Phase 1 writes it as 64 hex digits.
    /// </summary>
    public static Hash256 Id(Hash256 postId, uint index)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size + sizeof(uint)];
        postId.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[Hash256.Size..], index);
        return Hash256.Of(bytes);
    }
}
