using Aeamc.P2P.Native.Sodium;

namespace Aeamc.P2P.Cryptography;

/// <summary>Operations on secrets whose time does not depend on the bytes, and that a compiler does not remove.</summary>
public static unsafe class FixedTime
{
    /// <summary>Equality in a time that depends on the lengths alone.</summary>
    public static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        SodiumLibrary.EnsureReady();
        fixed (byte* a = left, b = right)
        {
            return LibSodium.sodium_memcmp(a, b, (nuint)left.Length) == 0;
        }
    }

    /// <summary>Overwrites a secret with zeros.</summary>
    public static void Wipe(Span<byte> secret)
    {
        SodiumLibrary.EnsureReady();
        fixed (byte* to = secret)
        {
            LibSodium.sodium_memzero(to, (nuint)secret.Length);
        }
    }
}
