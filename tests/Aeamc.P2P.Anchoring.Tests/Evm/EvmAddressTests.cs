using Aeamc.P2P.Cryptography.Evm;
using Aeamc.P2P.Cryptography.Secp256k1;

namespace Aeamc.P2P.Anchoring.Tests.Evm;

public sealed class EvmAddressTests
{
    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [InlineData("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    public void The_checksums_of_EIP_55(string text)
    {
        Assert.True(EvmAddress.TryParse(text, out EvmAddress address));
        Assert.Equal(text, address.ToString());
        Assert.True(EvmAddress.TryParse(text.ToLowerInvariant(), out EvmAddress lower));
        Assert.Equal(address, lower);
        string wrong = text.Replace('a', 'A');
        Assert.False(EvmAddress.TryParse(wrong == text ? text.Replace('b', 'B') : wrong, out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed00")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg")]
    public void What_is_no_address_is_refused(string? text) => Assert.False(EvmAddress.TryParse(text, out _));

    [Fact]
    public void The_account_of_the_private_key_1()
    {
        var secret = new byte[32];
        secret[31] = 1;
        Assert.True(Secp256k1PrivateKey.TryImport(secret, out Secp256k1PrivateKey? key));
        Assert.Equal("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf", EvmAddress.Of(key.PublicKey).ToString());
    }

    [Theory]
    [InlineData(0, "0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d")]
    [InlineData(1, "0x343c43a37d37dff08ae8c4a11544c718abb4fcf8")]
    public void The_address_of_a_contract_follows_from_deployer_and_nonce(int nonce, string expected)
    {
        Assert.True(EvmAddress.TryParse("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0", out EvmAddress deployer));
        Assert.Equal(expected, EvmAddress.OfContract(deployer, (ulong)nonce).ToString(), ignoreCase: true);
    }
}
