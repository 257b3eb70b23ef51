using System.Runtime.InteropServices;

namespace Aeamc.P2P.Native.Sodium;

/// <summary>crypto_sign_ed25519.h: keys of 32 bytes (public) and 64 bytes (seed then public key), signatures of 64 bytes.</summary>
internal static unsafe partial class LibSodium
{
    [LibraryImport(Library)]
    public static partial int crypto_sign_ed25519_seed_keypair(byte* publicKey, byte* secretKey, byte* seed);

    [LibraryImport(Library)]
    public static partial int crypto_sign_ed25519_detached(byte* signature, ulong* signatureLength, byte* message, ulong messageLength, byte* secretKey);

    [LibraryImport(Library)]
    public static partial int crypto_sign_ed25519_verify_detached(byte* signature, byte* message, ulong messageLength, byte* publicKey);
}
