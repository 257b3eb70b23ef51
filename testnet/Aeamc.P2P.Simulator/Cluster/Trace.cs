using System.Globalization;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>A running 64-bit hash (after FNV-1a) of everything that happens: two runs with one hash were one run.</summary>
public sealed class Trace
{
    private const ulong Offset = 0xcbf29ce484222325;
    private ulong _hash = Offset;

    /// <summary>16 hexadecimal digits.</summary>
    public string Hash => _hash.ToString("x16", CultureInfo.InvariantCulture);

    public static ulong Fingerprint(ReadOnlySpan<byte> bytes)
    {
        ulong hash = Offset;
        while (bytes.Length >= 8)
        {
            hash = Mix(hash, System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (byte part in bytes)
        {
            hash = Mix(hash, part);
        }

        return Mix(hash, (ulong)bytes.Length);
    }

    public void Add(ulong number) => _hash = Mix(_hash, number);

    private static ulong Mix(ulong hash, ulong number)
    {
        unchecked
        {
            hash = (hash ^ number) * 0x100000001b3;
            return hash ^ (hash >> 29);
        }
    }
}
