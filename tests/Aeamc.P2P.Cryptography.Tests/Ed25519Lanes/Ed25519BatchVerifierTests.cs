using Aeamc.P2P.Cryptography.Ed25519Lanes;

namespace Aeamc.P2P.Cryptography.Tests.Ed25519Lanes;

/// <summary>Both ways to a verdict, on whatever machine this runs.</summary>
public class Ed25519BatchVerifierTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Claims_of_any_number_get_the_verdict_of_libsodium_in_their_order(bool lanes)
    {
        var verifier = new Ed25519BatchVerifier(lanes);
        var random = new Random(11);
        Ed25519PrivateKey[] keys = [.. Enumerable.Range(0, 5).Select(i => Ed25519PrivateKey.FromSeed([(byte)i, .. new byte[31]]))];
        foreach (int count in (int[])[0, 1, 2, 3, 4, 7, 8, 9, 12, 16, 17, 40])
        {
            Ed25519Claim[] claims = [.. Enumerable.Range(0, count).Select(_ => RandomClaims.Next(random, keys))];
            bool[] verdicts = new bool[count];
            verifier.Verify(claims, verdicts);
            Assert.Equal(claims.Select(Oracle.Verify), verdicts);
        }

        Array.ForEach(keys, key => key.Dispose());
    }

    [Fact]
    public void It_says_how_it_verifies()
    {
        Assert.Equal(LaneVerifier.IsSupported, new Ed25519BatchVerifier().UsesLanes);
        Assert.False(new Ed25519BatchVerifier(lanes: false).UsesLanes);
        Assert.Contains("libsodium", new Ed25519BatchVerifier(lanes: false).Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Room_for_fewer_verdicts_is_our_mistake() =>
        Assert.Throws<ArgumentException>(() => new Ed25519BatchVerifier().Verify(new Ed25519Claim[2], new bool[1]));
}
