using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger.Tests;

public class DeviceIdTests
{
    [Fact]
    public void V2IsBase32OfTheHash()
    {
        var id = new DeviceId(Hash256.Of([]));
        Assert.Equal("did:aeamc:4oymiquy7qobjgx36tejs35zeqt24qpemsnzgtfeswmrw6csxbkq", id.ToString());
        Assert.True(DeviceId.TryParse(id.ToString(), out DeviceId parsed));
        Assert.Equal(id, parsed);
        Assert.False(id.IsV1);
        Assert.Equal(32, id.Length);
    }

    [Fact]
    public void V1IsSixteenLowerCaseDigits()
    {
        Assert.True(DeviceId.TryParse("00112233445566aa", out DeviceId id));
        Assert.True(id.IsV1);
        Assert.Equal("00112233445566aa", id.ToString());
        Assert.Equal(Convert.FromHexString("00112233445566aa"), id.ToArray());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00112233445566AA")]
    [InlineData("00112233445566a")]
    [InlineData("00112233445566aa0")]
    [InlineData("0x112233445566aa")]
    [InlineData("did:aeamc:")]
    [InlineData("did:aeamc:4oymiquy7qobjgx36tejs35zeqt24qpemsnzgtfeswmrw6csxbkr")] // padding bits set
    [InlineData("did:aeamc:4oymiquy7qobjgx36tejs35zeqt24qpemsnzgtfeswmrw6csxbk")]
    [InlineData("did:aeamc:4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ")]
    [InlineData("did:aeamc:1oymiquy7qobjgx36tejs35zeqt24qpemsnzgtfeswmrw6csxbkq")]
    public void OtherSpellingsAreRefused(string? text)
    {
        Assert.False(DeviceId.TryParse(text, out _));
    }

    [Fact]
    public void RandomIdentitiesReadBack()
    {
        var random = new Random(1);
        Span<byte> bytes = stackalloc byte[32];
        for (int round = 0; round < 1000; round++)
        {
            random.NextBytes(bytes);
            int length = round % 2 == 0 ? 32 : 8;
            Assert.True(DeviceId.TryRead(bytes[..length], out DeviceId id));
            Assert.True(DeviceId.TryParse(id.ToString(), out DeviceId parsed));
            Assert.Equal(id, parsed);
            Assert.Equal(bytes[..length].ToArray(), parsed.ToArray());
        }
    }
}
