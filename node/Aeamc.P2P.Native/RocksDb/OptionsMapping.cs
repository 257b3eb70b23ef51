namespace Aeamc.P2P.Native.RocksDb;

/// <summary>Turns our option records into the engine's option objects.</summary>
internal static class OptionsMapping
{
    internal static OptionsHandle ForDatabase(RocksDbOptions options)
    {
        OptionsHandle handle = new();
        byte create = options.CreateIfMissing ? (byte)1 : (byte)0;
        RocksDbNative.SetCreateIfMissing(handle, create);
        RocksDbNative.SetCreateMissingColumnFamilies(handle, create);
        RocksDbNative.SetTotalWriteBufferSize(handle, (nuint)options.TotalWriteBufferBytes);
        RocksDbNative.SetMaxTotalWalSize(handle, (ulong)options.WriteAheadLogBytes);
        RocksDbNative.SetMaxOpenFiles(handle, options.MaxOpenFiles);
        RocksDbNative.SetMaxBackgroundJobs(handle, options.BackgroundJobs);
        // The engine's own diary: two files of a megabyte, and no statistics threads.
        RocksDbNative.SetKeepLogFileNumber(handle, 2);
        RocksDbNative.SetMaxLogFileSize(handle, 1 << 20);

        // A writer that waits for another's sync would spin for 100 us at each write, on a core that signatures need.
        RocksDbNative.SetWriteThreadAdaptiveYield(handle, 0);
        RocksDbNative.SetStatsDumpPeriod(handle, 0);
        RocksDbNative.SetStatsPersistPeriod(handle, 0);
        if (options.CountsWork)
        {
            RocksDbNative.EnableStatistics(handle);
        }

        return handle;
    }

    internal static OptionsHandle ForFamily(ColumnFamilyOptions options, CacheHandle cache)
    {
        OptionsHandle handle = new();
        RocksDbNative.SetWriteBufferSize(handle, (nuint)options.WriteBufferBytes);
        RocksDbNative.SetMaxWriteBufferNumber(handle, 2);
        using TableOptionsHandle table = new();
        RocksDbNative.SetBlockCache(table, cache);
        // Indexes and filters count against the cache, so memory stays bounded however large the database grows.
        RocksDbNative.SetCacheIndexAndFilterBlocks(table, 1);
        if (options.BloomBitsPerKey > 0)
        {
            // The table options own the policy from here on.
            RocksDbNative.SetFilterPolicy(table, RocksDbNative.BloomFilterCreate(options.BloomBitsPerKey));
        }

        RocksDbNative.SetBlockBasedTable(handle, table);
        return handle;
    }
}
