using System.Buffers.Binary;
using System.Numerics;

namespace Aeamc.P2P.Storage;

/// <summary>CRC-32C (Castagnoli, RFC 3720 section 12.1), by the processor's own instruction where there is one.</summary>
internal static class Crc32C
{
    /// <summary>The checksum of the parts one after the other, or of one continued from <paramref name="previous"/>.</summary>
    internal static uint Compute(ReadOnlySpan<byte> data, uint previous = 0)
    {
        uint crc = ~previous;
        while (data.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[8..];
        }

        foreach (byte one in data)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }
}
