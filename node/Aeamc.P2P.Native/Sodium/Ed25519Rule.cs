namespace Aeamc.P2P.Native.Sodium;

/// <summary>
/// The rule by which a libsodium judges Ed25519 signatures, found out by known answers. Signatures whose points are of mixed order separate the rules
/// (Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs", and its repository ed25519-speccheck): nodes of one network must all hold the same one.
/// </summary>
internal static class Ed25519Rule
{
    private const string Key = "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d";

    /// <summary>Message, signature under <see cref="Key"/>, verdict of protocol version 1: cases 3, 4 and 5 of ed25519-speccheck, counted from 0.</summary>
    private static readonly (string Message, string Signature, bool Verdict)[] KnownAnswers =
    [
        // Holds with and without the cofactor.
        (
            "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
            "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009",
            true),

        // These two hold with the cofactor only; the second tells apart how the cofactor is applied.
        (
            "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
            "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09",
            false),
        (
            "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
            "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405",
            false),
    ];

    /// <summary>A library's verdict on a signature.</summary>
    public delegate bool Verifier(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> publicKey);

    /// <summary>Refuses a library whose verdicts differ from the protocol's.</summary>
    /// <exception cref="NativeLibraryUnsuitableException">It holds another rule.</exception>
    public static void Check(string version, Verifier verify)
    {
        byte[] key = Convert.FromHexString(Key);
        foreach ((string message, string signature, bool verdict) in KnownAnswers)
        {
            if (verify(Convert.FromHexString(message), Convert.FromHexString(signature), key) != verdict)
            {
                throw new NativeLibraryUnsuitableException(
                    $"libsodium {version} judges Ed25519 signatures by another rule than this network's (the equation without the cofactor, as in 1.0.18): "
                    + $"it {(verdict ? "refuses" : "accepts")} a signature that the others {(verdict ? "accept" : "refuse")}, so this node could disagree with them on a block. Install libsodium 1.0.18.");
            }
        }
    }

    /// <summary>The installed library's verdict.</summary>
    public static unsafe bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> publicKey)
    {
        fixed (byte* m = message, s = signature, k = publicKey)
        {
            return LibSodium.crypto_sign_ed25519_verify_detached(s, m, (ulong)message.Length, k) == 0;
        }
    }
}
