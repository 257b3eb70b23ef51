namespace Aeamc.P2P.Native.RocksDb;

/// <summary>One column family to open.</summary>
/// <param name="Name">Its name, ASCII; "default" always exists.</param>
public sealed record ColumnFamilyOptions(string Name)
{
    /// <summary>Bytes of one memtable of this family.</summary>
    public long WriteBufferBytes { get; init; } = 8L << 20;

    /// <summary>Bits per key of the bloom filter; 0 for families that are only scanned. Ten bits miss 1 % of absent keys.</summary>
    public int BloomBitsPerKey { get; init; } = 10;
}
