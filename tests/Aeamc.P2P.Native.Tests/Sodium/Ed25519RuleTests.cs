using Aeamc.P2P.Native.Sodium;

namespace Aeamc.P2P.Native.Tests.Sodium;

public class Ed25519RuleTests
{
    [Fact]
    public void The_installed_library_holds_the_rule_of_the_network()
    {
        SodiumLibrary.EnsureReady();
        Ed25519Rule.Check(SodiumLibrary.Version, Ed25519Rule.Verify);
    }

    [Theory]
    [InlineData(true, "accepts a signature that the others refuse")]
    [InlineData(false, "refuses a signature that the others accept")]
    public void A_library_of_another_rule_is_refused_by_name(bool verdict, string reason)
    {
        var refusal = Assert.Throws<NativeLibraryUnsuitableException>(() => Ed25519Rule.Check("1.0.99", (_, _, _) => verdict));
        Assert.Contains("libsodium 1.0.99", refusal.Message);
        Assert.Contains(reason, refusal.Message);
    }
}
