using System.Reflection;
using System.Runtime.InteropServices;

namespace Aeamc.P2P.Native.RocksDb;

/// <summary>
/// Whether the installed RocksDB is one we can use. Its C interface has no version function, so the check is on what matters: that every
/// function we import is there. The version of an open database's engine is read from the options file that the engine writes at each open.
/// </summary>
public static class RocksDbEngine
{
    private static readonly Lazy<bool> Checked = new(CheckExports);

    /// <summary>Loads the library and checks it, once.</summary>
    /// <exception cref="NativeLibraryMissingException">No library by any of the known names.</exception>
    /// <exception cref="RocksDbException">The library is too old: it lacks a function; the message names it and the mend.</exception>
    public static void EnsureUsable() => _ = Checked.Value;

    /// <summary>The engine version that last opened the database in this folder, such as "7.8.3"; null when it cannot be told.</summary>
    public static string? VersionOf(string path)
    {
        FileInfo? newest = new DirectoryInfo(path).EnumerateFiles("OPTIONS-*").Where(file => !file.Name.EndsWith(".dbtmp", StringComparison.Ordinal))
            .MaxBy(file => file.Name, StringComparer.Ordinal);
        const string Key = "rocksdb_version=";
        return newest is null
            ? null
            : File.ReadLines(newest.FullName).Select(line => line.Trim()).FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal))?[Key.Length..];
    }

    /// <summary>The functions among <paramref name="names"/> that the library does not export.</summary>
    internal static IReadOnlyList<string> Missing(nint library, IEnumerable<string> names) =>
        [.. names.Where(name => !NativeLibrary.TryGetExport(library, name, out _))];

    /// <summary>Every function of the engine that <see cref="RocksDbNative"/> imports.</summary>
    internal static IEnumerable<string> Imported() =>
        typeof(RocksDbNative).GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Select(method => method.GetCustomAttribute<LibraryImportAttribute>()?.EntryPoint)
            .OfType<string>();

    /// <summary>The library that the imports resolve to.</summary>
    internal static nint Load()
    {
        IReadOnlyList<string> candidates = NativeLibraries.Candidates(NativeLibraries.RocksDb);
        foreach (string candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, typeof(RocksDbEngine).Assembly, null, out nint library))
            {
                return library;
            }
        }

        throw new NativeLibraryMissingException(NativeLibraries.RocksDb, candidates);
    }

    private static bool CheckExports()
    {
        IReadOnlyList<string> missing = Missing(Load(), Imported());
        return missing.Count == 0
            ? true
            : throw new RocksDbException(
                $"The installed RocksDB lacks {missing[0]} and is too old; version 7.8 or later is needed: apt-get install librocksdb7.8 (Debian 12; librocksdb8.9 or librocksdb9.10 on newer systems).");
    }
}
