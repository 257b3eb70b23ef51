using Aeamc.P2P.Native.Sodium;

namespace Aeamc.P2P.Cryptography;

/// <summary>Randomness for keys, nonces and salts, from the system through libsodium.</summary>
public static unsafe class SecureRandom
{
    /// <summary>Fills the whole span.</summary>
    public static void Fill(Span<byte> destination)
    {
        SodiumLibrary.EnsureReady();
        fixed (byte* to = destination)
        {
            LibSodium.randombytes_buf(to, (nuint)destination.Length);
        }
    }

    /// <summary>A new array of <paramref name="count"/> random bytes.</summary>
    public static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }
}
