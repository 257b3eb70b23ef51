using System.Text;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Tests.Multiformats;

public class Base58Tests
{
    // The test vectors of draft-msporny-base58.
    [Theory]
    [InlineData("Hello World!", "2NEpo7TZRRrLZSi2U")]
    [InlineData("The quick brown fox jumps over the lazy dog.", "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z")]
    [InlineData("", "")]
    public void Published_vectors(string plain, string encoded) => Check(Encoding.ASCII.GetBytes(plain), encoded);

    [Fact]
    public void Leading_zeros_are_ones() => Check(Convert.FromHexString("0000287fb4cd"), "11233QC4");

    [Theory]
    [InlineData("0")]
    [InlineData("O")]
    [InlineData("l")]
    [InlineData("ä")]
    public void Refuses_foreign_characters(string text) => Assert.False(Base58.TryDecode(text, new byte[8], out _));

    [Fact]
    public void Refuses_more_than_fits() => Assert.False(Base58.TryDecode("2NEpo7TZRRrLZSi2U", new byte[11], out _));

    private static void Check(byte[] bytes, string encoded)
    {
        Assert.Equal(encoded, Base58.Encode(bytes));
        var decoded = new byte[Base58.MaxBytes];
        Assert.True(Base58.TryDecode(encoded, decoded, out int written));
        Assert.Equal(bytes, decoded[..written]);
    }
}
