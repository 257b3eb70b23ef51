using System.Text;
using Aeamc.P2P.Cryptography.Evm;

namespace Aeamc.P2P.Anchoring.Tests.Evm;

public sealed class Keccak256Tests
{
    [Theory]
    [InlineData("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    [InlineData("testing", "5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02")]
    [InlineData("transfer(address,uint256)", "a9059cbb2ab09eb219583f4a59a5d0623ade346d962bcd4e46b11da047c9049b")]
    public void Published_vectors_hold(string text, string digest) =>
        Assert.Equal(digest, Convert.ToHexStringLower(Keccak256.Hash(Encoding.ASCII.GetBytes(text))));

    /// <summary>Every length around both block boundaries; the expected digest of the digests is js-sha3 0.8's.</summary>
    [Fact]
    public void Lengths_from_0_to_300_agree_with_js_sha3()
    {
        var digests = new List<byte>();
        for (int length = 0; length <= 300; length++)
        {
            var data = new byte[length];
            for (int i = 0; i < length; i++)
            {
                data[i] = (byte)((i * 7 + length) & 0xff);
            }

            digests.AddRange(Keccak256.Hash(data));
        }

        Assert.Equal("1c239d59092031520cb4dbaef3b475b9e8a5cd5c2d72c95ba96ca3f60a26c0ad", Convert.ToHexStringLower(Keccak256.Hash(digests.ToArray())));
    }
}
