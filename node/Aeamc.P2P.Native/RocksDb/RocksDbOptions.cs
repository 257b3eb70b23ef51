namespace Aeamc.P2P.Native.RocksDb;

/// <summary>
/// What a database is opened with. The defaults are small on purpose: several nodes share one machine, and an idle node stays under 150 MB.
/// </summary>
public sealed record RocksDbOptions
{
    /// <summary>Whether a missing database and missing column families are made.</summary>
    public bool CreateIfMissing { get; init; } = true;

    /// <summary>Bytes of uncompressed blocks, indexes and filters kept in memory, for all column families together.</summary>
    public long BlockCacheBytes { get; init; } = 16L << 20;

    /// <summary>Bytes of the not yet flushed writes of all column families together; the fullest one is flushed beyond it.</summary>
    public long TotalWriteBufferBytes { get; init; } = 24L << 20;

    /// <summary>Bytes of the engine's own write-ahead log, beyond which the oldest memtables are flushed so that restarts stay short.</summary>
    public long WriteAheadLogBytes { get; init; } = 64L << 20;

    /// <summary>Table files held open.</summary>
    public int MaxOpenFiles { get; init; } = 256;

    /// <summary>Whether the engine counts what it does (<see cref="RocksDb.CountOf"/>). It costs something with every call: for tests and measurements.</summary>
    public bool CountsWork { get; init; }

    /// <summary>Threads that flush and compact.</summary>
    public int BackgroundJobs { get; init; } = 2;
}
