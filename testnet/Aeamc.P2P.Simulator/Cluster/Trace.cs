namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>A running 64-bit FNV-1a hash of everything that happens: two runs with one hash were one run.</summary>
public sealed class Trace
{
    private ulong _hash = 0xcbf29ce484222325;

    /// <summary>16 hexadecimal digits.</summary>
    public string Hash => _hash.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    public void Add(long number)
    {
        unchecked
        {
            _hash = (_hash ^ (ulong)number) * 0x100000001b3;
            _hash ^= _hash >> 29;
        }
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            while (bytes.Length >= 8)
            {
                _hash = (_hash ^ BitConverter.ToUInt64(bytes)) * 0x100000001b3;
                _hash ^= _hash >> 29;
                bytes = bytes[8..];
            }

            foreach (byte part in bytes)
            {
                _hash = (_hash ^ part) * 0x100000001b3;
            }
        }
    }
}
