using Aeamc.P2P.Cryptography.Keys;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Cryptography.Tests.Keys;

public sealed class NodeKeyFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("correct horse")]
    public void A_new_key_is_read_back(string? password)
    {
        string path = _folder.File("node.key");
        NodeId id;
        using (Ed25519PrivateKey created = NodeKeyFile.Create(path, password, KeystoreCost.Minimal))
        {
            id = created.PublicKey;
        }

        using Ed25519PrivateKey loaded = NodeKeyFile.Load(path, password);
        Assert.Equal(id, loaded.PublicKey);
        Assert.Equal(password is not null, NodeKeyFile.IsSealed(path));
        Assert.Equal(path, Assert.Single(Directory.GetFileSystemEntries(_folder.Path)));
    }

    [Fact]
    public void The_plain_form_is_one_line_of_text()
    {
        string path = _folder.File("node.key");
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromSeed(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());
        NodeKeyFile.Save(path, key);
        Assert.Equal("aeamc-node-key-1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n", File.ReadAllText(path));
    }

    [Fact]
    public void Only_the_owner_may_read_it()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string path = _folder.File("deeper/node.key");
        NodeKeyFile.Create(path).Dispose();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.File("deeper")));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_open_to_others_is_refused_and_says_how_to_mend_it(UnixFileMode extra)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string path = _folder.File("node.key");
        NodeKeyFile.Create(path).Dispose();
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | extra);
        var refusal = Assert.Throws<KeyFileException>(() => NodeKeyFile.Load(path));
        Assert.Contains("chmod 600", refusal.Message);
        Assert.Contains(path, refusal.Message);
    }

    [Fact]
    public void A_key_is_never_overwritten()
    {
        string path = _folder.File("node.key");
        NodeKeyFile.Create(path).Dispose();
        byte[] before = File.ReadAllBytes(path);
        Assert.Contains("never overwritten", Assert.Throws<KeyFileException>(() => NodeKeyFile.Create(path)).Message);
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_missing_file_names_the_command_that_makes_one() =>
        Assert.Contains("aeamc init", Assert.Throws<KeyFileException>(() => NodeKeyFile.Load(_folder.File("none"))).Message);

    [Fact]
    public void A_sealed_key_needs_its_password()
    {
        string path = _folder.File("node.key");
        NodeKeyFile.Create(path, "right", KeystoreCost.Minimal).Dispose();
        Assert.Contains("sealed", Assert.Throws<KeyFileException>(() => NodeKeyFile.Load(path)).Message);
        Assert.Contains("password", Assert.Throws<KeyFileException>(() => NodeKeyFile.Load(path, "wrong")).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("aeamc-node-key-1 00")]
    [InlineData("aeamc-node-key-1 zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n")]
    [InlineData("aeamc-node-key-2 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n")]
    public void A_damaged_file_is_refused(string content)
    {
        string path = _folder.File("node.key");
        SecretFile.Create(path, System.Text.Encoding.ASCII.GetBytes(content));
        Assert.Throws<KeyFileException>(() => NodeKeyFile.Load(path));
    }

    [Fact]
    public void A_file_too_long_is_refused_unread()
    {
        string path = _folder.File("node.key");
        SecretFile.Create(path, new byte[Keystore.MaximumSize + 1]);
        Assert.Contains("bytes long", Assert.Throws<KeyFileException>(() => NodeKeyFile.Load(path)).Message);
    }
}
