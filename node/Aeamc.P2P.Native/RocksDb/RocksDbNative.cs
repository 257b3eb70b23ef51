using System.Runtime.InteropServices;

namespace Aeamc.P2P.Native.RocksDb;

/// <summary>
/// The part of rocksdb/c.h that the store uses, as the header declares it. Strings of the engine (errors, names) are freed with <see cref="Free"/>.
/// Only functions present and unchanged from RocksDB 6.11 to 10 are named here.
/// </summary>
internal static unsafe partial class RocksDbNative
{
    private const string Library = NativeLibraries.RocksDb;

    static RocksDbNative() => NativeLibraries.EnsureResolver();

    [LibraryImport(Library, EntryPoint = "rocksdb_free")]
    internal static partial void Free(void* memory);

    // Databases.
    [LibraryImport(Library, EntryPoint = "rocksdb_open_column_families", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint OpenColumnFamilies(
        OptionsHandle options, string path, int count, byte** names, nint* familyOptions, nint* families, byte** error);

    [LibraryImport(Library, EntryPoint = "rocksdb_list_column_families", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial byte** ListColumnFamilies(OptionsHandle options, string path, nuint* count, byte** error);

    [LibraryImport(Library, EntryPoint = "rocksdb_list_column_families_destroy")]
    internal static partial void ListColumnFamiliesDestroy(byte** names, nuint count);

    [LibraryImport(Library, EntryPoint = "rocksdb_close")]
    internal static partial void Close(nint database);

    [LibraryImport(Library, EntryPoint = "rocksdb_column_family_handle_destroy")]
    internal static partial void ColumnFamilyDestroy(nint family);

    [LibraryImport(Library, EntryPoint = "rocksdb_get_pinned_cf")]
    internal static partial nint GetPinned(
        DatabaseHandle database, ReadOptionsHandle options, ColumnFamilyHandle family, byte* key, nuint keyLength, byte** error);

    [LibraryImport(Library, EntryPoint = "rocksdb_pinnableslice_value")]
    internal static partial byte* PinnedValue(nint slice, nuint* length);

    [LibraryImport(Library, EntryPoint = "rocksdb_pinnableslice_destroy")]
    internal static partial void PinnedDestroy(nint slice);

    [LibraryImport(Library, EntryPoint = "rocksdb_put_cf")]
    internal static partial void Put(
        DatabaseHandle database, WriteOptionsHandle options, ColumnFamilyHandle family,
        byte* key, nuint keyLength, byte* value, nuint valueLength, byte** error);

    [LibraryImport(Library, EntryPoint = "rocksdb_write")]
    internal static partial void Write(DatabaseHandle database, WriteOptionsHandle options, WriteBatchHandle batch, byte** error);

    [LibraryImport(Library, EntryPoint = "rocksdb_flush_wal")]
    internal static partial void FlushWal(DatabaseHandle database, byte sync, byte** error);

    [LibraryImport(Library, EntryPoint = "rocksdb_flush_cf")]
    internal static partial void FlushFamily(DatabaseHandle database, FlushOptionsHandle options, ColumnFamilyHandle family, byte** error);

    [LibraryImport(Library, EntryPoint = "rocksdb_compact_range_cf")]
    internal static partial void CompactRange(DatabaseHandle database, ColumnFamilyHandle family, byte* start, nuint startLength, byte* limit, nuint limitLength);

    [LibraryImport(Library, EntryPoint = "rocksdb_property_value_cf", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial byte* Property(DatabaseHandle database, ColumnFamilyHandle family, string name);

    // Checkpoints.
    [LibraryImport(Library, EntryPoint = "rocksdb_checkpoint_object_create")]
    internal static partial nint CheckpointCreate(DatabaseHandle database, byte** error);

    [LibraryImport(Library, EntryPoint = "rocksdb_checkpoint_create", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void CheckpointWrite(CheckpointHandle checkpoint, string path, ulong logSizeForFlush, byte** error);

    [LibraryImport(Library, EntryPoint = "rocksdb_checkpoint_object_destroy")]
    internal static partial void CheckpointDestroy(nint checkpoint);

    // Batches.
    [LibraryImport(Library, EntryPoint = "rocksdb_writebatch_create")]
    internal static partial nint WriteBatchCreate();

    [LibraryImport(Library, EntryPoint = "rocksdb_writebatch_destroy")]
    internal static partial void WriteBatchDestroy(nint batch);

    [LibraryImport(Library, EntryPoint = "rocksdb_writebatch_clear")]
    internal static partial void WriteBatchClear(WriteBatchHandle batch);

    [LibraryImport(Library, EntryPoint = "rocksdb_writebatch_count")]
    internal static partial int WriteBatchCount(WriteBatchHandle batch);

    [LibraryImport(Library, EntryPoint = "rocksdb_writebatch_put_cf")]
    internal static partial void WriteBatchPut(
        WriteBatchHandle batch, ColumnFamilyHandle family, byte* key, nuint keyLength, byte* value, nuint valueLength);

    [LibraryImport(Library, EntryPoint = "rocksdb_writebatch_delete_cf")]
    internal static partial void WriteBatchDelete(WriteBatchHandle batch, ColumnFamilyHandle family, byte* key, nuint keyLength);

    [LibraryImport(Library, EntryPoint = "rocksdb_writebatch_delete_range_cf")]
    internal static partial void WriteBatchDeleteRange(
        WriteBatchHandle batch, ColumnFamilyHandle family, byte* start, nuint startLength, byte* end, nuint endLength);

    // Iterators.
    [LibraryImport(Library, EntryPoint = "rocksdb_create_iterator_cf")]
    internal static partial nint IteratorCreate(DatabaseHandle database, ReadOptionsHandle options, ColumnFamilyHandle family);

    [LibraryImport(Library, EntryPoint = "rocksdb_iter_destroy")]
    internal static partial void IteratorDestroy(nint iterator);

    [LibraryImport(Library, EntryPoint = "rocksdb_iter_valid")]
    internal static partial byte IteratorValid(IteratorHandle iterator);

    [LibraryImport(Library, EntryPoint = "rocksdb_iter_seek_to_first")]
    internal static partial void IteratorSeekToFirst(IteratorHandle iterator);

    [LibraryImport(Library, EntryPoint = "rocksdb_iter_seek_to_last")]
    internal static partial void IteratorSeekToLast(IteratorHandle iterator);

    [LibraryImport(Library, EntryPoint = "rocksdb_iter_seek")]
    internal static partial void IteratorSeek(IteratorHandle iterator, byte* key, nuint length);

    [LibraryImport(Library, EntryPoint = "rocksdb_iter_seek_for_prev")]
    internal static partial void IteratorSeekForPrevious(IteratorHandle iterator, byte* key, nuint length);

    [LibraryImport(Library, EntryPoint = "rocksdb_iter_next")]
    internal static partial void IteratorNext(IteratorHandle iterator);

    [LibraryImport(Library, EntryPoint = "rocksdb_iter_prev")]
    internal static partial void IteratorPrevious(IteratorHandle iterator);

    [LibraryImport(Library, EntryPoint = "rocksdb_iter_key")]
    internal static partial byte* IteratorKey(IteratorHandle iterator, nuint* length);

    [LibraryImport(Library, EntryPoint = "rocksdb_iter_value")]
    internal static partial byte* IteratorValue(IteratorHandle iterator, nuint* length);

    [LibraryImport(Library, EntryPoint = "rocksdb_iter_get_error")]
    internal static partial void IteratorError(IteratorHandle iterator, byte** error);

    // Options.
    [LibraryImport(Library, EntryPoint = "rocksdb_options_create")]
    internal static partial nint OptionsCreate();

    [LibraryImport(Library, EntryPoint = "rocksdb_options_destroy")]
    internal static partial void OptionsDestroy(nint options);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_enable_statistics")]
    internal static partial void EnableStatistics(OptionsHandle options);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_statistics_get_string")]
    internal static partial byte* StatisticsText(OptionsHandle options);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_create_if_missing")]
    internal static partial void SetCreateIfMissing(OptionsHandle options, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_create_missing_column_families")]
    internal static partial void SetCreateMissingColumnFamilies(OptionsHandle options, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_write_buffer_size")]
    internal static partial void SetWriteBufferSize(OptionsHandle options, nuint bytes);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_db_write_buffer_size")]
    internal static partial void SetTotalWriteBufferSize(OptionsHandle options, nuint bytes);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_max_write_buffer_number")]
    internal static partial void SetMaxWriteBufferNumber(OptionsHandle options, int count);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_max_open_files")]
    internal static partial void SetMaxOpenFiles(OptionsHandle options, int count);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_max_background_jobs")]
    internal static partial void SetMaxBackgroundJobs(OptionsHandle options, int count);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_max_total_wal_size")]
    internal static partial void SetMaxTotalWalSize(OptionsHandle options, ulong bytes);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_keep_log_file_num")]
    internal static partial void SetKeepLogFileNumber(OptionsHandle options, nuint count);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_max_log_file_size")]
    internal static partial void SetMaxLogFileSize(OptionsHandle options, nuint bytes);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_stats_dump_period_sec")]
    internal static partial void SetStatsDumpPeriod(OptionsHandle options, uint seconds);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_stats_persist_period_sec")]
    internal static partial void SetStatsPersistPeriod(OptionsHandle options, uint seconds);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_enable_write_thread_adaptive_yield")]
    internal static partial void SetWriteThreadAdaptiveYield(OptionsHandle options, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_block_based_table_factory")]
    internal static partial void SetBlockBasedTable(OptionsHandle options, TableOptionsHandle table);

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_create")]
    internal static partial nint TableOptionsCreate();

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_destroy")]
    internal static partial void TableOptionsDestroy(nint table);

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_set_block_cache")]
    internal static partial void SetBlockCache(TableOptionsHandle table, CacheHandle cache);

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_set_cache_index_and_filter_blocks")]
    internal static partial void SetCacheIndexAndFilterBlocks(TableOptionsHandle table, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_set_filter_policy")]
    internal static partial void SetFilterPolicy(TableOptionsHandle table, nint policy);

    [LibraryImport(Library, EntryPoint = "rocksdb_filterpolicy_create_bloom_full")]
    internal static partial nint BloomFilterCreate(double bitsPerKey);

    [LibraryImport(Library, EntryPoint = "rocksdb_cache_create_lru")]
    internal static partial nint CacheCreate(nuint bytes);

    [LibraryImport(Library, EntryPoint = "rocksdb_cache_destroy")]
    internal static partial void CacheDestroy(nint cache);

    [LibraryImport(Library, EntryPoint = "rocksdb_writeoptions_create")]
    internal static partial nint WriteOptionsCreate();

    [LibraryImport(Library, EntryPoint = "rocksdb_writeoptions_destroy")]
    internal static partial void WriteOptionsDestroy(nint options);

    [LibraryImport(Library, EntryPoint = "rocksdb_writeoptions_set_sync")]
    internal static partial void SetSync(WriteOptionsHandle options, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_readoptions_create")]
    internal static partial nint ReadOptionsCreate();

    [LibraryImport(Library, EntryPoint = "rocksdb_readoptions_destroy")]
    internal static partial void ReadOptionsDestroy(nint options);

    [LibraryImport(Library, EntryPoint = "rocksdb_readoptions_set_fill_cache")]
    internal static partial void SetFillCache(ReadOptionsHandle options, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_flushoptions_create")]
    internal static partial nint FlushOptionsCreate();

    [LibraryImport(Library, EntryPoint = "rocksdb_flushoptions_destroy")]
    internal static partial void FlushOptionsDestroy(nint options);

    [LibraryImport(Library, EntryPoint = "rocksdb_flushoptions_set_wait")]
    internal static partial void SetWait(FlushOptionsHandle options, byte value);
}
