using System.Globalization;
using System.Runtime.InteropServices;

namespace Aeamc.P2P.Native.RocksDb;

/// <summary>
/// An open RocksDB database. Safe for use by many threads; a disposed database refuses with <see cref="ObjectDisposedException"/>, and is closed
/// in the engine once the last iterator made from it is disposed too.
/// </summary>
public sealed unsafe class RocksDb : IDisposable
{
    private readonly DatabaseHandle _database;
    private readonly Dictionary<string, ColumnFamily> _families;
    private readonly ReadOptionsHandle _read = new();
    private readonly ReadOptionsHandle _scan = new();
    private readonly WriteOptionsHandle _buffered = new();
    private readonly WriteOptionsHandle _synced = new();
    private readonly OptionsHandle? _counters;
    private readonly Lock _syncing = new();
    private long _bufferedWrites;
    private long _syncedWrites;

    private RocksDb(DatabaseHandle database, Dictionary<string, ColumnFamily> families, string path, OptionsHandle? counters)
    {
        _counters = counters;
        _database = database;
        _families = families;
        Path = path;
        RocksDbNative.SetSync(_synced, 1);
        // A scan of everything would push the working set out of the small cache.
        RocksDbNative.SetFillCache(_scan, 0);
    }

    /// <summary>The folder of the database.</summary>
    public string Path { get; }

    /// <summary>Opens a database with at least the given families, making what is missing if the options say so.</summary>
    /// <exception cref="RocksDbException">The engine's sentence: damage, permissions, a lock held by another process, no space.</exception>
    /// <exception cref="NativeLibraryMissingException">RocksDB is not installed.</exception>
    public static RocksDb Open(RocksDbOptions options, string path, IReadOnlyList<ColumnFamilyOptions> families)
    {
        RocksDbEngine.EnsureUsable();
        OptionsHandle databaseOptions = OptionsMapping.ForDatabase(options);
        OptionsHandle? counters = null;
        List<ColumnFamilyOptions> wanted = AllFamilies(databaseOptions, path, families);
        using CacheHandle cache = new((nuint)options.BlockCacheBytes);
        var familyOptions = new OptionsHandle[wanted.Count];
        var names = new nint[wanted.Count];
        try
        {
            for (int i = 0; i < wanted.Count; i++)
            {
                familyOptions[i] = OptionsMapping.ForFamily(wanted[i], cache);
                names[i] = Marshal.StringToCoTaskMemUTF8(wanted[i].Name);
            }

            nint[] optionPointers = Array.ConvertAll(familyOptions, handle => handle.DangerousGetHandle());
            var handles = new nint[wanted.Count];
            byte* error = null;
            nint database;
            fixed (nint* namesAt = names, optionsAt = optionPointers, handlesAt = handles)
            {
                database = RocksDbNative.OpenColumnFamilies(databaseOptions, path, wanted.Count, (byte**)namesAt, optionsAt, handlesAt, &error);
            }

            RocksDbException.ThrowIfError(error, $"open '{path}'");
            var handle = new DatabaseHandle(database);
            var opened = new Dictionary<string, ColumnFamily>(StringComparer.Ordinal);
            for (int i = 0; i < wanted.Count; i++)
            {
                opened.Add(wanted[i].Name, new ColumnFamily(wanted[i].Name, new ColumnFamilyHandle(handles[i], handle)));
            }

            // The engine's counters hang on the options that it was opened with.
            counters = options.CountsWork ? databaseOptions : null;
            return new RocksDb(handle, opened, path, counters);
        }
        finally
        {
            if (counters is null)
            {
                databaseOptions.Dispose();
            }

            for (int i = 0; i < wanted.Count; i++)
            {
                familyOptions[i]?.Dispose();
                Marshal.FreeCoTaskMem(names[i]);
            }
        }
    }

    /// <summary>The open family of that name.</summary>
    /// <exception cref="KeyNotFoundException">It was not among the families that were opened.</exception>
    public ColumnFamily Family(string name) => _families[name];

    /// <summary>The value of a key, or null when the key is absent.</summary>
    public byte[]? Get(ColumnFamily family, ReadOnlySpan<byte> key)
    {
        nint slice = GetPinned(family, key);
        if (slice == 0)
        {
            return null;
        }

        try
        {
            nuint length;
            byte* value = RocksDbNative.PinnedValue(slice, &length);
            return new ReadOnlySpan<byte>(value, checked((int)length)).ToArray();
        }
        finally
        {
            RocksDbNative.PinnedDestroy(slice);
        }
    }

    /// <summary>Whether a key is present.</summary>
    public bool Contains(ColumnFamily family, ReadOnlySpan<byte> key)
    {
        nint slice = GetPinned(family, key);
        if (slice != 0)
        {
            RocksDbNative.PinnedDestroy(slice);
        }

        return slice != 0;
    }

    /// <summary>Writes one pair.</summary>
    public void Put(ColumnFamily family, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, WriteDurability durability = WriteDurability.Synced)
    {
        byte* error = null;
        fixed (byte* keyAt = key, valueAt = value)
        {
            RocksDbNative.Put(_database, Options(durability), family.Handle, keyAt, (nuint)key.Length, valueAt, (nuint)value.Length, &error);
        }

        Written(durability);
        RocksDbException.ThrowIfError(error, $"write to '{Path}'");
    }

    /// <summary>Applies a batch, all or none.</summary>
    public void Write(WriteBatch batch, WriteDurability durability = WriteDurability.Synced)
    {
        byte* error = null;
        RocksDbNative.Write(_database, Options(durability), batch.Handle, &error);
        Written(durability);
        RocksDbException.ThrowIfError(error, $"write to '{Path}'");
    }

    /// <summary>Returns when every write made so far is on the disk; whoever comes while another syncs waits for it, and need not sync again what that one took along.</summary>
    public void SyncLog()
    {
        lock (_syncing)
        {
            // Read first: what is written from here on is the next sync's.
            long writes = Volatile.Read(ref _bufferedWrites);
            if (writes == _syncedWrites)
            {
                return;
            }

            byte* error = null;
            RocksDbNative.FlushWal(_database, 1, &error);
            RocksDbException.ThrowIfError(error, $"sync '{Path}'");
            Volatile.Write(ref _syncedWrites, writes);
        }
    }

    /// <summary>Whether a write made so far may not be on the disk, also while another thread is just syncing it.</summary>
    public bool HasUnsynced => Volatile.Read(ref _syncedWrites) != Volatile.Read(ref _bufferedWrites);

    /// <summary>Writes the family's memtable to a table file and waits for it.</summary>
    public void Flush(ColumnFamily family)
    {
        using FlushOptionsHandle options = new();
        RocksDbNative.SetWait(options, 1);
        byte* error = null;
        RocksDbNative.FlushFamily(_database, options, family.Handle, &error);
        RocksDbException.ThrowIfError(error, $"flush '{family.Name}' of '{Path}'");
    }

    /// <summary>Rewrites the family's table files without what was deleted, and waits for it.</summary>
    public void Compact(ColumnFamily family) => RocksDbNative.CompactRange(_database, family.Handle, null, 0, null, 0);

    /// <summary>A walk over the family as it is now. It does not fill the block cache.</summary>
    public RocksDbIterator NewIterator(ColumnFamily family) =>
        new(new IteratorHandle(RocksDbNative.IteratorCreate(_database, _scan, family.Handle), family.Handle));

    /// <summary>Makes a consistent copy in a folder that must not exist yet; on one file system its table files are hard links and cost nothing.</summary>
    public void Checkpoint(string path)
    {
        byte* error = null;
        nint created = RocksDbNative.CheckpointCreate(_database, &error);
        RocksDbException.ThrowIfError(error, $"prepare a checkpoint of '{Path}'");
        using CheckpointHandle checkpoint = new(created, _database);
        RocksDbNative.CheckpointWrite(checkpoint, path, 0, &error);
        RocksDbException.ThrowIfError(error, $"write a checkpoint of '{Path}' to '{path}'");
    }

    /// <summary>A property of a family by the engine's name for it, such as "rocksdb.estimate-num-keys"; null when there is none.</summary>
    public string? Property(ColumnFamily family, string name)
    {
        byte* text = RocksDbNative.Property(_database, family.Handle, name);
        if (text is null)
        {
            return null;
        }

        string? value = Marshal.PtrToStringUTF8((nint)text);
        RocksDbNative.Free(text);
        return value;
    }

    /// <summary>How often the engine has done something since it was opened, by its own name for it, such as "rocksdb.wal.synced".</summary>
    /// <exception cref="InvalidOperationException">It does not count (<see cref="RocksDbOptions.CountsWork"/>), or knows no such name.</exception>
    public long CountOf(string name)
    {
        OptionsHandle counters = _counters ?? throw new InvalidOperationException($"'{Path}' was opened without counting what is done.");
        byte* text = RocksDbNative.StatisticsText(counters);
        string all = Marshal.PtrToStringUTF8((nint)text) ?? "";
        RocksDbNative.Free(text);

        // One line each: name, "COUNT", colon, number.
        string begin = name + " COUNT : ";
        foreach (string line in all.Split('\n'))
        {
            if (line.StartsWith(begin, StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan(begin.Length), NumberStyles.None, CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidOperationException($"The engine counts no '{name}'.");
    }

    public void Dispose()
    {
        foreach (ColumnFamily family in _families.Values)
        {
            family.Handle.Dispose();
        }

        _database.Dispose();
        _read.Dispose();
        _scan.Dispose();
        _buffered.Dispose();
        _synced.Dispose();
        _counters?.Dispose();
    }

    private void Written(WriteDurability durability)
    {
        if (durability == WriteDurability.Buffered)
        {
            Interlocked.Increment(ref _bufferedWrites);
        }
    }

    private WriteOptionsHandle Options(WriteDurability durability) => durability == WriteDurability.Synced ? _synced : _buffered;

    private nint GetPinned(ColumnFamily family, ReadOnlySpan<byte> key)
    {
        byte* error = null;
        nint slice;
        fixed (byte* keyAt = key)
        {
            slice = RocksDbNative.GetPinned(_database, _read, family.Handle, keyAt, (nuint)key.Length, &error);
        }

        RocksDbException.ThrowIfError(error, $"read from '{Path}'");
        return slice;
    }

    // RocksDB refuses to open a database unless every family it holds is named, also those of another version of this program.
    private static List<ColumnFamilyOptions> AllFamilies(OptionsHandle options, string path, IReadOnlyList<ColumnFamilyOptions> families)
    {
        List<ColumnFamilyOptions> all = [.. families];
        foreach (string name in ExistingFamilies(options, path).Append("default"))
        {
            if (!all.Exists(family => family.Name == name))
            {
                all.Add(new ColumnFamilyOptions(name) { WriteBufferBytes = 1 << 20 });
            }
        }

        return all;
    }

    private static List<string> ExistingFamilies(OptionsHandle options, string path)
    {
        List<string> existing = [];
        if (!File.Exists(System.IO.Path.Combine(path, "CURRENT")))
        {
            return existing;
        }

        nuint count = 0;
        byte* error = null;
        byte** names = RocksDbNative.ListColumnFamilies(options, path, &count, &error);
        RocksDbException.ThrowIfError(error, $"read the column families of '{path}'");
        for (nuint i = 0; i < count; i++)
        {
            existing.Add(Marshal.PtrToStringUTF8((nint)names[i]) ?? "");
        }

        RocksDbNative.ListColumnFamiliesDestroy(names, count);
        return existing;
    }
}
