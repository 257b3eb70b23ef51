namespace Aeamc.P2P.Native.RocksDb;

/// <summary>One open column family: an ordered map of its own, written atomically together with its siblings.</summary>
public sealed class ColumnFamily
{
    internal ColumnFamily(string name, ColumnFamilyHandle handle)
    {
        Name = name;
        Handle = handle;
    }

    public string Name { get; }

    internal ColumnFamilyHandle Handle { get; }
}
