using System.Runtime.InteropServices;

namespace Aeamc.P2P.Native.Sodium;

/// <summary>crypto_aead_xchacha20poly1305.h: key of 32 bytes, nonce of 24, tag of 16 appended to the ciphertext.</summary>
internal static unsafe partial class LibSodium
{
    [LibraryImport(Library)]
    public static partial int crypto_aead_xchacha20poly1305_ietf_encrypt(
        byte* ciphertext, ulong* ciphertextLength, byte* message, ulong messageLength,
        byte* associated, ulong associatedLength, byte* secretNonce, byte* nonce, byte* key);

    [LibraryImport(Library)]
    public static partial int crypto_aead_xchacha20poly1305_ietf_decrypt(
        byte* message, ulong* messageLength, byte* secretNonce, byte* ciphertext, ulong ciphertextLength,
        byte* associated, ulong associatedLength, byte* nonce, byte* key);
}
