using System.Buffers.Binary;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Votes;

/// <summary>
/// What keeps a vote of one network, cluster or epoch from counting in another: all three are part of every signed message.
/// </summary>
/// <param name="NetworkId">SHA-256 of the network's name in UTF-8.</param>
/// <param name="ClusterId">The cluster whose chain is voted on.</param>
/// <param name="Epoch">The epoch whose committee votes.</param>
public readonly record struct SigningDomain(Hash256 NetworkId, uint ClusterId, Epoch Epoch)
{
    /// <summary>Bytes of the longest signed message (Notarize and Finalize); a Nullify has 69.</summary>
    public const int MaximumMessageSize = 69 + 32 + 8 + 32 + 8;

    /// <summary>
    /// Writes the message that a voter signs and returns its length. Fixed layout, integers big-endian: "aeamc/v2/simplex" (16 bytes
    /// ASCII), network id 32, cluster u32, epoch u64, view u64, kind u8; then unless it is a Nullify: block hash 32, height u64,
    /// parent hash 32, parent view u64.
    /// </summary>
    /// <param name="statement">A statement of this domain's epoch.</param>
    /// <param name="destination">At least <see cref="MaximumMessageSize"/> bytes.</param>
    public int WriteMessage(in Statement statement, Span<byte> destination)
    {
        Invariant.Check(statement.Epoch == Epoch);
        "aeamc/v2/simplex"u8.CopyTo(destination);
        NetworkId.CopyTo(destination[16..]);
        BinaryPrimitives.WriteUInt32BigEndian(destination[48..], ClusterId);
        BinaryPrimitives.WriteUInt64BigEndian(destination[52..], Epoch.Value);
        BinaryPrimitives.WriteUInt64BigEndian(destination[60..], statement.View.Value);
        destination[68] = (byte)statement.Kind;
        if (!statement.HasBlock)
        {
            return 69;
        }

        BlockRef block = statement.Block;
        block.Hash.CopyTo(destination[69..]);
        BinaryPrimitives.WriteUInt64BigEndian(destination[101..], block.Height.Value);
        block.ParentHash.CopyTo(destination[109..]);
        BinaryPrimitives.WriteUInt64BigEndian(destination[141..], block.ParentView.Value);
        return MaximumMessageSize;
    }

    /// <summary>The same message as a new array, for a signer.</summary>
    public byte[] Message(in Statement statement)
    {
        Span<byte> buffer = stackalloc byte[MaximumMessageSize];
        return buffer[..WriteMessage(statement, buffer)].ToArray();
    }
}
