using System.Runtime.InteropServices;

namespace Aeamc.P2P.Native.Sodium;

/// <summary>crypto_scalarmult_curve25519.h (X25519) and crypto_scalarmult_ed25519.h: scalars and points of 32 bytes.</summary>
internal static unsafe partial class LibSodium
{
    [LibraryImport(Library)]
    public static partial int crypto_scalarmult_curve25519_base(byte* result, byte* scalar);

    /// <summary>-1 when the result would be all zero, which is what a point of small order gives.</summary>
    [LibraryImport(Library)]
    public static partial int crypto_scalarmult_curve25519(byte* result, byte* scalar, byte* point);

    /// <summary>-1 when the point is not in the main subgroup, not canonical, or the result is the identity.</summary>
    [LibraryImport(Library)]
    public static partial int crypto_scalarmult_ed25519_noclamp(byte* result, byte* scalar, byte* point);

    [LibraryImport(Library)]
    public static partial int crypto_scalarmult_ed25519_base_noclamp(byte* result, byte* scalar);
}
