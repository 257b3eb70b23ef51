using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Tests.Multiformats;

public class UVarintTests
{
    // The examples of the multiformats unsigned-varint specification.
    [Theory]
    [InlineData(0UL, "00")]
    [InlineData(1UL, "01")]
    [InlineData(127UL, "7F")]
    [InlineData(128UL, "8001")]
    [InlineData(255UL, "FF01")]
    [InlineData(300UL, "AC02")]
    [InlineData(16384UL, "808001")]
    [InlineData((ulong)long.MaxValue, "FFFFFFFFFFFFFFFF7F")]
    public void Round_trips_the_published_examples(ulong value, string hex)
    {
        byte[] expected = Convert.FromHexString(hex);
        Span<byte> buffer = stackalloc byte[UVarint.MaxLength];
        Assert.Equal(expected, buffer[..UVarint.Write(buffer, value)].ToArray());
        Assert.Equal(expected.Length, UVarint.Length(value));
        Assert.Equal(UVarintStatus.Done, UVarint.Read(expected, out ulong read, out int length));
        Assert.Equal(value, read);
        Assert.Equal(expected.Length, length);
    }

    [Theory]
    [InlineData("", UVarintStatus.Incomplete)]
    [InlineData("80", UVarintStatus.Incomplete)]
    [InlineData("8000", UVarintStatus.Invalid)]
    [InlineData("FFFFFFFFFFFFFFFFFF01", UVarintStatus.Invalid)]
    [InlineData("FFFFFFFFFFFFFFFFFF", UVarintStatus.Invalid)]
    public void Refuses_cut_off_long_and_padded_numbers(string hex, UVarintStatus expected) =>
        Assert.Equal(expected, UVarint.Read(Convert.FromHexString(hex), out _, out _));
}
