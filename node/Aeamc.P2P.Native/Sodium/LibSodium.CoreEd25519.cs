using System.Runtime.InteropServices;

namespace Aeamc.P2P.Native.Sodium;

/// <summary>crypto_core_ed25519.h: the group of edwards25519 and the scalars modulo its order. Absent from "minimal" builds.</summary>
internal static unsafe partial class LibSodium
{
    /// <summary>1 for a canonical point of the main subgroup other than those of small order.</summary>
    [LibraryImport(Library)]
    public static partial int crypto_core_ed25519_is_valid_point(byte* point);

    /// <summary>-1 when either operand is not on the curve. Operands outside the main subgroup are taken.</summary>
    [LibraryImport(Library)]
    public static partial int crypto_core_ed25519_add(byte* result, byte* left, byte* right);

    [LibraryImport(Library)]
    public static partial int crypto_core_ed25519_sub(byte* result, byte* left, byte* right);

    [LibraryImport(Library)]
    public static partial void crypto_core_ed25519_scalar_mul(byte* result, byte* left, byte* right);

    [LibraryImport(Library)]
    public static partial void crypto_core_ed25519_scalar_add(byte* result, byte* left, byte* right);

    /// <summary>Reduces 64 little-endian bytes modulo the group order.</summary>
    [LibraryImport(Library)]
    public static partial void crypto_core_ed25519_scalar_reduce(byte* result, byte* wide);
}
