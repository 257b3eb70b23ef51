namespace Aeamc.P2P.Storage.Tests;

public sealed class DurableFileTests
{
    [Fact]
    public void A_file_is_replaced_whole_and_stays_private()
    {
        using TemporaryFolder folder = new();
        DurableFile.Write(folder["key"], [1, 2, 3]);
        DurableFile.Write(folder["key"], [4]);
        Assert.Equal([4], File.ReadAllBytes(folder["key"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["key"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void What_an_interrupted_write_left_behind_does_not_widen_the_mode()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["key.tmp"], "left over");
        File.SetUnixFileMode(folder["key.tmp"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        DurableFile.Write(folder["key"], [1]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["key"]));
    }
}
