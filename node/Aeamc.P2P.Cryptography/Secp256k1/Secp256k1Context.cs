using System.Security.Cryptography;
using Aeamc.P2P.Native.Secp256k1;

namespace Aeamc.P2P.Cryptography.Secp256k1;

/// <summary>The process's one blinded context: immutable after creation, so all threads share it.</summary>
internal static class Secp256k1Context
{
    private static readonly Lazy<Secp256k1ContextHandle> Instance = new(Create);

    public static Secp256k1ContextHandle Shared => Instance.Value;

    private static Secp256k1ContextHandle Create()
    {
        Span<byte> seed = stackalloc byte[32];
        RandomNumberGenerator.Fill(seed);
        return Secp256k1ContextHandle.Create(seed);
    }
}
