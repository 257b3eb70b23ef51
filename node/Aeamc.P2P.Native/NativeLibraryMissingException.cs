namespace Aeamc.P2P.Native;

/// <summary>A native engine is not installed. The message names the package that brings it, for the operator to read.</summary>
public sealed class NativeLibraryMissingException(string library, IReadOnlyList<string> tried) : DllNotFoundException(Describe(library, tried))
{
    private static string Describe(string library, IReadOnlyList<string> tried)
    {
        string mend = library switch
        {
            NativeLibraries.Sodium => "apt-get install libsodium23 (Debian, Ubuntu) or brew install libsodium (macOS)",
            NativeLibraries.RocksDb => "apt-get install librocksdb7.8 (Debian 12; librocksdb8.9 or librocksdb9.10 on newer systems) or brew install rocksdb (macOS)",
            NativeLibraries.Secp256k1 => "apt-get install libsecp256k1-1 (Debian 12; libsecp256k1-2 on newer systems) or brew install secp256k1 (macOS)",
            _ => "install it with the system's package manager",
        };
        return $"The native library '{library}' was not found (tried {string.Join(", ", tried)}). Install it: {mend}.";
    }
}
