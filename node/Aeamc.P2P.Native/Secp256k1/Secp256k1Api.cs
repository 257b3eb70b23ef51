using System.Runtime.InteropServices;

namespace Aeamc.P2P.Native.Secp256k1;

/// <summary>
/// libsecp256k1's C functions as they are: secp256k1.h, secp256k1_ecdh.h, secp256k1_recovery.h. Every int result is 1 for yes and 0 for no and has
/// to be looked at. Public keys are 64 opaque bytes, signatures 64 (65 when recoverable).
/// </summary>
internal static unsafe partial class Secp256k1Api
{
    public const uint ContextNone = 1;
    public const uint CompressedKey = 258;
    public const uint UncompressedKey = 2;
    public const int PublicKeySize = 64;
    public const int SignatureSize = 64;
    public const int RecoverableSignatureSize = 65;

    static Secp256k1Api() => NativeLibraries.EnsureResolver();

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_context_create")]
    public static partial nint ContextCreate(uint flags);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_context_destroy")]
    public static partial void ContextDestroy(nint context);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_context_randomize")]
    public static partial int ContextRandomize(nint context, byte* seed32);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_context_set_illegal_callback")]
    public static partial void ContextSetIllegalCallback(nint context, delegate* unmanaged[Cdecl]<byte*, void*, void> callback, void* data);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ec_seckey_verify")]
    public static partial int SecretKeyVerify(Secp256k1ContextHandle context, byte* secret32);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ec_pubkey_parse")]
    public static partial int PublicKeyParse(Secp256k1ContextHandle context, byte* key, byte* input, nuint inputLength);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ec_pubkey_serialize")]
    public static partial int PublicKeySerialize(Secp256k1ContextHandle context, byte* output, nuint* outputLength, byte* key, uint flags);

    /// <summary>secret * G in constant time.</summary>
    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ec_pubkey_create")]
    public static partial int PublicKeyCreate(Secp256k1ContextHandle context, byte* key, byte* secret32);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ec_pubkey_negate")]
    public static partial int PublicKeyNegate(Secp256k1ContextHandle context, byte* key);

    /// <summary>tweak * key in time that depends on the tweak: never with a secret.</summary>
    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ec_pubkey_tweak_mul")]
    public static partial int PublicKeyTweakMultiply(Secp256k1ContextHandle context, byte* key, byte* tweak32);

    /// <summary>The sum of keys; 0 when it is the identity.</summary>
    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ec_pubkey_combine")]
    public static partial int PublicKeyCombine(Secp256k1ContextHandle context, byte* output, byte** keys, nuint count);

    /// <summary>secret * key in constant time; the callback gets x and y (32 bytes each) and fills the output.</summary>
    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ecdh")]
    public static partial int Ecdh(
        Secp256k1ContextHandle context, byte* output, byte* key, byte* secret32, delegate* unmanaged[Cdecl]<byte*, byte*, byte*, void*, int> hash, void* data);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ecdsa_signature_parse_compact")]
    public static partial int SignatureParseCompact(Secp256k1ContextHandle context, byte* signature, byte* input64);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ecdsa_verify")]
    public static partial int Verify(Secp256k1ContextHandle context, byte* signature, byte* hash32, byte* key);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ecdsa_sign_recoverable")]
    public static partial int SignRecoverable(Secp256k1ContextHandle context, byte* signature, byte* hash32, byte* secret32, nint nonceFunction, nint nonceData);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ecdsa_recoverable_signature_serialize_compact")]
    public static partial int RecoverableSerializeCompact(Secp256k1ContextHandle context, byte* output64, int* recoveryId, byte* signature);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ecdsa_recoverable_signature_parse_compact")]
    public static partial int RecoverableParseCompact(Secp256k1ContextHandle context, byte* signature, byte* input64, int recoveryId);

    [LibraryImport(NativeLibraries.Secp256k1, EntryPoint = "secp256k1_ecdsa_recover")]
    public static partial int Recover(Secp256k1ContextHandle context, byte* key, byte* signature, byte* hash32);
}
