using System.Buffers.Binary;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Microblocks;

/// <summary>The input (alpha, RFC 9381) a proposer evaluates its VRF on: nothing in it is the proposer's choice.</summary>
public static class BeaconAlpha
{
    private static ReadOnlySpan<byte> Domain => "aeamc/v2/beacon/"u8;

    /// <summary>Length in bytes.</summary>
    public const int Size = 16 + Hash256.Size + 8 + 8;

    /// <summary>"aeamc/v2/beacon/" || previous beacon hash (32) || epoch (u64 big-endian) || view (u64 big-endian).</summary>
    public static byte[] Of(Hash256 previousBeacon, Epoch epoch, View view)
    {
        var alpha = new byte[Size];
        Span<byte> rest = alpha;
        Domain.CopyTo(rest);
        previousBeacon.CopyTo(rest[16..]);
        BinaryPrimitives.WriteUInt64BigEndian(rest[48..], epoch.Value);
        BinaryPrimitives.WriteUInt64BigEndian(rest[56..], view.Value);
        return alpha;
    }
}
