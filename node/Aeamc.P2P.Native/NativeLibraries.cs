using System.Reflection;
using System.Runtime.InteropServices;

namespace Aeamc.P2P.Native;

/// <summary>
/// Finds the native engines. Each raw import class names its library by the keys below and calls <see cref="EnsureResolver"/> in its static
/// constructor; the resolver then tries every file name under which Debian, Ubuntu, Fedora and macOS install that engine.
/// </summary>
public static class NativeLibraries
{
    public const string Sodium = "sodium";
    public const string RocksDb = "rocksdb";
    public const string Secp256k1 = "secp256k1";

    private static readonly Lock Gate = new();
    private static bool _registered;

    /// <summary>Registers the resolver once. Cheap to call again.</summary>
    public static void EnsureResolver()
    {
        lock (Gate)
        {
            if (!_registered)
            {
                NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
                _registered = true;
            }
        }
    }

    /// <summary>The file names tried for a library key, in order.</summary>
    public static IReadOnlyList<string> Candidates(string library) => library switch
    {
        Sodium => ["libsodium.so.23", "libsodium.so.26", "libsodium.so", "libsodium.dylib", "/opt/homebrew/lib/libsodium.dylib", "/usr/local/lib/libsodium.dylib"],
        RocksDb =>
        [
            "librocksdb.so.7.8", "librocksdb.so.8.9", "librocksdb.so.9.10", "librocksdb.so.9.11", "librocksdb.so.10", "librocksdb.so.6.11", "librocksdb.so",
            "librocksdb.dylib", "/opt/homebrew/lib/librocksdb.dylib", "/usr/local/lib/librocksdb.dylib",
        ],
        Secp256k1 =>
        [
            "libsecp256k1.so.1", "libsecp256k1.so.2", "libsecp256k1.so.5", "libsecp256k1.so.6", "libsecp256k1.so",
            "libsecp256k1.dylib", "/opt/homebrew/lib/libsecp256k1.dylib", "/usr/local/lib/libsecp256k1.dylib",
        ],
        _ => [],
    };

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? searchPath)
    {
        IReadOnlyList<string> candidates = Candidates(library);
        if (candidates.Count == 0)
        {
            return 0;
        }

        foreach (string candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, assembly, searchPath, out nint handle))
            {
                return handle;
            }
        }

        throw new NativeLibraryMissingException(library, candidates);
    }
}
