using Aeamc.P2P.DeviceApi.V2;
using Aeamc.P2P.Testnet.Reporting;

namespace Aeamc.P2P.Testnet.Tests.Reporting;

public sealed class ChainComparisonTests
{
    [Fact]
    public void Equal_blocks_are_equal() => Assert.True(ChainComparison.Of(7, [Block("a", "s"), Block("a", "s")]).Equal);

    [Fact]
    public void A_different_block_is_a_fork() =>
        Assert.Contains("node-1 has block b", ChainComparison.Of(7, [Block("a", "s"), Block("b", "s")]).Fault, StringComparison.Ordinal);

    [Fact]
    public void A_different_state_root_is_a_fork() =>
        Assert.Contains("state root t", ChainComparison.Of(7, [Block("a", "s"), Block("a", "t")]).Fault, StringComparison.Ordinal);

    [Fact]
    public void A_missing_block_is_named() => Assert.Equal("node-0 has no block 7.", ChainComparison.Of(7, [null, Block("a", "s")]).Fault);

    [Fact]
    public void Heads_at_different_heights_are_not_compared() =>
        Assert.True(new ChainComparison(7, null).And([(7, "a", "s"), (8, "b", "t")]).Equal);

    [Fact]
    public void Heads_at_the_same_height_must_be_the_same() =>
        Assert.Equal(
            "node-2 and node-0 are both at height 8 with different blocks or state roots.",
            new ChainComparison(7, null).And([(8, "a", "s"), (7, "x", "y"), (8, "a", "t")]).Fault);

    private static BlockReply Block(string hash, string stateRoot) =>
        new(7, hash, "", 1, 0, 0, 0, 0, "", stateRoot, "", "", [], default);
}
