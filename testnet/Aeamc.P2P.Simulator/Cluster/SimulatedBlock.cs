using System.Buffers.Binary;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>What is wrong with a block, if anything: known to every node that reads it, as validity is deterministic.</summary>
public enum BlockFlaw : byte
{
    None = 0,

    /// <summary>Fails the header checks of rule 3.</summary>
    Invalid = 1,

    /// <summary>Passes them and fails certification (rule 5): a bad entry signature.</summary>
    Uncertifiable = 2,

    /// <summary>The same: a beacon that its leader did not prove.</summary>
    FalseBeacon = 3,
}

/// <summary>A block of the simulation: 75 bytes, whose SHA-256 is its hash.</summary>
public static class SimulatedBlock
{
    private const int Size = 75;

    public static byte[] Encode(in BlockRef parent, View view, NodeIndex proposer, BlockFlaw flaw, long timestamp, ulong salt)
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, parent.Height.Next.Value);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), view.Value);
        parent.Hash.CopyTo(bytes.AsSpan(16));
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(48), parent.View.Value);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(56), proposer.Value);
        bytes[58] = (byte)flaw;
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(59), salt);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(67), timestamp);
        return bytes;
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out BlockRef block)
    {
        block = default;
        if (bytes.Length != Size)
        {
            return false;
        }

        block = new BlockRef(
            Hash256.Of(bytes),
            new Height(BinaryPrimitives.ReadUInt64BigEndian(bytes)),
            new View(BinaryPrimitives.ReadUInt64BigEndian(bytes[8..])),
            new Hash256(bytes.Slice(16, 32)),
            new View(BinaryPrimitives.ReadUInt64BigEndian(bytes[48..])));
        return true;
    }

    /// <summary>Microseconds of its proposer's clock.</summary>
    public static long TimestampOf(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64BigEndian(bytes[67..]);

    public static BlockFlaw FlawOf(ReadOnlySpan<byte> bytes) => (BlockFlaw)bytes[58];
}

/// <summary>Binds a proposal's bytes to its block, as a header does in the node.</summary>
public sealed class SimulatedContent : IProposalContent
{
    public bool Matches(in BlockRef block, ReadOnlySpan<byte> content) => SimulatedBlock.TryDecode(content, out BlockRef read) && read == block;
}
