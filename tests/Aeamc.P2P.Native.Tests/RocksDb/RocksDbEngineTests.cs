using Aeamc.P2P.Native.RocksDb;

namespace Aeamc.P2P.Native.Tests.RocksDb;

public sealed class RocksDbEngineTests
{
    [Fact]
    public void The_installed_engine_has_every_function_we_import()
    {
        RocksDbEngine.EnsureUsable();
        Assert.True(RocksDbEngine.Imported().Count() > 50);
        nint library = RocksDbEngine.Load();
        Assert.Empty(RocksDbEngine.Missing(library, RocksDbEngine.Imported()));
        Assert.Equal(["rocksdb_of_tomorrow"], RocksDbEngine.Missing(library, ["rocksdb_of_tomorrow", "rocksdb_free"]));
    }

    [Fact]
    public void The_version_is_read_from_an_opened_database()
    {
        using TemporaryFolder folder = new();
        using (Aeamc.P2P.Native.RocksDb.RocksDb.Open(new RocksDbOptions(), folder["db"], []))
        {
        }

        Assert.True(Version.Parse(RocksDbEngine.VersionOf(folder["db"])!) >= new Version(6, 11));
        Assert.Null(RocksDbEngine.VersionOf(folder.Path));
    }
}
