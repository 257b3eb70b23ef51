namespace Aeamc.P2P.Ledger.Tests;

public class StrictDerTests
{
    [Theory]
    [InlineData("3006020101020102", true)]
    [InlineData("300702020080020102", true)]
    [InlineData("3006020100020102", false)] // zero
    [InlineData("30070202007f020102", false)] // padded
    [InlineData("3006020180020102", false)] // negative
    [InlineData("300602010102010200", false)] // trailing byte
    [InlineData("3007020101020102", false)] // length
    [InlineData("308106020101020102", false)] // long form
    [InlineData("3106020101020102", false)] // not a sequence
    [InlineData("3006030101020102", false)] // not an integer
    [InlineData("30050200020102", false)] // empty integer
    [InlineData("3006020101", false)]
    [InlineData("", false)]
    public void OnlyTheShortestFormIsAccepted(string hex, bool accepted)
    {
        Assert.Equal(accepted, StrictDer.IsP256Signature(Convert.FromHexString(hex)));
    }

    [Fact]
    public void LongestIntegersAreOf256Bits()
    {
        byte[] high = [.. Enumerable.Repeat((byte)0xff, 32)];
        Assert.True(StrictDer.IsP256Signature(FakeCrypto.Der(high, high)));
        byte[] tooLong = [0x30, 39, 0x02, 33, 0x7f, .. high, 0x02, 2, 0, 0x80];
        Assert.False(StrictDer.IsP256Signature(tooLong));
    }
}
