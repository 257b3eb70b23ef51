using System.Globalization;

namespace Aeamc.P2P.Storage.Tests;

public sealed class DataFolderLockTests
{
    [Fact]
    public void A_second_daemon_is_refused_with_the_first_ones_process_id()
    {
        using TemporaryFolder folder = new();
        using (DataFolderLock.Acquire(folder["data"]))
        {
            StorageException refused = Assert.Throws<StorageException>(() => DataFolderLock.Acquire(folder["data"]));
            Assert.Contains("process " + Environment.ProcessId.ToString(CultureInfo.InvariantCulture), refused.Message, StringComparison.Ordinal);
            Assert.Contains(folder["data"], refused.Message, StringComparison.Ordinal);
        }

        using DataFolderLock again = DataFolderLock.Acquire(folder["data"]);
        Assert.Equal(folder["data"], again.Folder);
    }

    [Fact]
    public void The_folder_is_closed_to_others_also_when_it_was_open()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["data"]);
        File.SetUnixFileMode(folder["data"], (UnixFileMode)0b111_101_101);
        using DataFolderLock held = DataFolderLock.Acquire(folder["data"]);
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(folder["data"]));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_explained()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["file"], "");
        StorageException refused = Assert.Throws<StorageException>(() => DataFolderLock.Acquire(folder["file/data"]));
        Assert.Contains("node.toml", refused.Message, StringComparison.Ordinal);
    }
}
