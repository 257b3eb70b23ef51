namespace Aeamc.P2P.Native.RocksDb;

/// <summary>What a returned write has reached.</summary>
public enum WriteDurability
{
    /// <summary>The operating system: survives the death of the process, not of the machine.</summary>
    Buffered,

    /// <summary>The disk, by one sync of the engine's write-ahead log.</summary>
    Synced,
}
