using Aeamc.P2P.Cryptography.Keys;

namespace Aeamc.P2P.Anchoring.Tests;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class EvmWalletTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aeamc-wallet").FullName;

    private string FilePath => Path.Combine(_folder, "wallet.key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_wallet_is_loaded_as_it_was_made()
    {
        using EvmWallet made = EvmWallet.Create(FilePath);
        using EvmWallet loaded = EvmWallet.Load(FilePath);
        Assert.Equal(made.Address, loaded.Address);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.Throws<KeyFileException>(() => EvmWallet.Create(FilePath));
    }

    [Theory]
    [InlineData("0x0000000000000000000000000000000000000000000000000000000000000001\n", true)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001", true)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("000000000000000000000000000000000000000000000000000000000000000g", false)]
    [InlineData("01", false)]
    [InlineData("", false)]
    public void Only_64_digits_of_a_key_in_range_are_taken(string content, bool valid)
    {
        SecretFile.Create(FilePath, System.Text.Encoding.ASCII.GetBytes(content));
        if (valid)
        {
            using EvmWallet wallet = EvmWallet.Load(FilePath);
            Assert.Equal("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf", wallet.Address.ToString());
        }
        else
        {
            Assert.Throws<KeyFileException>(() => EvmWallet.Load(FilePath));
        }
    }

    [Fact]
    public void A_file_that_others_can_read_is_refused()
    {
        EvmWallet.Create(FilePath).Dispose();
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Throws<KeyFileException>(() => EvmWallet.Load(FilePath));
    }
}
