using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Aeamc.P2P.Native.Sodium;

/// <summary>libsodium's start: loaded, initialised, found new enough and of the right rule for signatures, once per process.</summary>
public static unsafe class SodiumLibrary
{
    // 1.0.18 calls itself 10.3 (soname 23); it is the first with the ed25519 scalar functions that the VRF needs.
    private const int MinimumMajor = 10;
    private const int MinimumMinor = 3;

    private static readonly Lock Gate = new();
    private static volatile bool _ready;

    /// <summary>The library's own version text, such as "1.0.18".</summary>
    public static string Version
    {
        get
        {
            EnsureReady();
            return Marshal.PtrToStringUTF8((nint)LibSodium.sodium_version_string()) ?? "unknown";
        }
    }

    /// <summary>Initialises the library on the first call; a later call is one read.</summary>
    /// <exception cref="NativeLibraryMissingException">No libsodium is installed.</exception>
    /// <exception cref="NativeLibraryUnsuitableException">The installed one is too old, minimal, judges signatures by another rule, or finds no source of randomness.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void EnsureReady()
    {
        if (!_ready)
        {
            Start();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Start()
    {
        lock (Gate)
        {
            if (_ready)
            {
                return;
            }

            if (LibSodium.sodium_init() < 0)
            {
                throw new NativeLibraryUnsuitableException("libsodium could not initialise: the system gives it no randomness. Check that /dev/urandom can be read.");
            }

            int major = LibSodium.sodium_library_version_major();
            int minor = LibSodium.sodium_library_version_minor();
            string version = Marshal.PtrToStringUTF8((nint)LibSodium.sodium_version_string()) ?? "unknown";
            CheckVersion(version, major, minor, LibSodium.sodium_library_minimal() != 0);
            Ed25519Rule.Check(version, Ed25519Rule.Verify);
            _ready = true;
        }
    }

    /// <summary>The rule by which an installed library is taken or refused.</summary>
    internal static void CheckVersion(string version, int major, int minor, bool minimal)
    {
        if (major < MinimumMajor || (major == MinimumMajor && minor < MinimumMinor))
        {
            throw new NativeLibraryUnsuitableException($"libsodium {version} is too old: 1.0.18 or later is needed. Upgrade it: apt-get install libsodium23.");
        }

        if (minimal)
        {
            throw new NativeLibraryUnsuitableException(
                $"libsodium {version} is a minimal build without the ed25519 group functions. Install the full one: apt-get install libsodium23.");
        }
    }
}
