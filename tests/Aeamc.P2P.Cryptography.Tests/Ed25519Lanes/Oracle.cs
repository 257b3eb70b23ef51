using Aeamc.P2P.Cryptography.Ed25519Lanes;

namespace Aeamc.P2P.Cryptography.Tests.Ed25519Lanes;

/// <summary>libsodium's verdicts, and the comparison with those of the lanes.</summary>
internal static class Oracle
{
    public static bool Verify(Ed25519Claim claim) => Ed25519.Verify(claim.Key.Span, claim.Message.Span, claim.Signature.Span);

    /// <summary>The verdict on claim i in bit i.</summary>
    public static int Lanes(IReadOnlyList<Ed25519Claim> group, LaneVerifier verifier)
    {
        bool[] verdicts = new bool[group.Count];
        verifier.Verify([.. group], verdicts);
        return verdicts.Select((verdict, i) => verdict ? 1 << i : 0).Sum();
    }

    /// <summary>Judges all claims in groups of changing size, so that each kind of claim comes to each lane, beside others and alone.</summary>
    public static void AssertSameVerdicts(IReadOnlyList<Ed25519Claim> claims, int? expectedValid = null)
    {
        bool[] expected = [.. claims.Select(Verify)];
        if (expectedValid is { } valid)
        {
            Assert.Equal(valid, expected.Count(verdict => verdict));
        }

        // One that has no room to remember a key, and one that remembers each.
        var cold = new LaneVerifier(keyCapacity: 2);
        var warm = new LaneVerifier(keyCapacity: 8192);
        int size = 1;
        for (int first = 0; first < claims.Count; first += size)
        {
            size = size % 8 + 1;
            Ed25519Claim[] group = [.. claims.Skip(first).Take(size)];
            int bits = Lanes(group, cold), again = Lanes(group, warm);
            Assert.Equal(bits, again);
            for (int i = 0; i < group.Length; i++)
            {
                Assert.True(
                    expected[first + i] == ((bits >> i & 1) != 0),
                    $"claim {first + i} in lane {i} of {group.Length}: libsodium says {expected[first + i]}; key {Hex(group[i].Key)}, message {Hex(group[i].Message)}, signature {Hex(group[i].Signature)}");
            }

            Assert.Equal(0, bits >> group.Length);
        }
    }

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);
}
