using System.Runtime.InteropServices;

namespace Aeamc.P2P.Native.Sodium;

/// <summary>
/// Raw imports of libsodium, one part per C header; names, argument order and return codes are the library's own. Nothing here checks a
/// length: the safe types of Aeamc.P2P.Cryptography do. Call <see cref="SodiumLibrary.EnsureReady"/> before the first use.
/// </summary>
internal static unsafe partial class LibSodium
{
    private const string Library = NativeLibraries.Sodium;

    static LibSodium() => NativeLibraries.EnsureResolver();

    // core.h, version.h

    [LibraryImport(Library)]
    public static partial int sodium_init();

    [LibraryImport(Library)]
    public static partial byte* sodium_version_string();

    [LibraryImport(Library)]
    public static partial int sodium_library_version_major();

    [LibraryImport(Library)]
    public static partial int sodium_library_version_minor();

    [LibraryImport(Library)]
    public static partial int sodium_library_minimal();

    // utils.h

    [LibraryImport(Library)]
    public static partial void* sodium_malloc(nuint size);

    [LibraryImport(Library)]
    public static partial void sodium_free(void* pointer);

    [LibraryImport(Library)]
    public static partial int sodium_mprotect_readonly(void* pointer);

    [LibraryImport(Library)]
    public static partial void sodium_memzero(void* pointer, nuint length);

    [LibraryImport(Library)]
    public static partial int sodium_memcmp(void* left, void* right, nuint length);

    // randombytes.h

    [LibraryImport(Library)]
    public static partial void randombytes_buf(void* buffer, nuint size);
}
