using System.Runtime.InteropServices;

namespace Aeamc.P2P.Native.Sodium;

/// <summary>crypto_pwhash_argon2id.h (RFC 9106, Argon2id version 1.3, one lane).</summary>
internal static unsafe partial class LibSodium
{
    /// <summary>crypto_pwhash_argon2id_ALG_ARGON2ID13.</summary>
    public const int Argon2id13 = 2;

    /// <summary>Salt of 16 bytes; memory in bytes. -1 when the memory cannot be had.</summary>
    [LibraryImport(Library)]
    public static partial int crypto_pwhash_argon2id(
        byte* output, ulong outputLength, byte* password, ulong passwordLength, byte* salt, ulong operations, nuint memory, int algorithm);
}
