using System.Text;
using Aeamc.P2P.Native.RocksDb;
using Database = Aeamc.P2P.Native.RocksDb.RocksDb;

namespace Aeamc.P2P.Native.Tests.RocksDb;

public sealed class RocksDbTests : IDisposable
{
    private static readonly ColumnFamilyOptions[] Families = [new("blocks"), new("state") { BloomBitsPerKey = 0 }];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_pair_is_read_back_after_reopening()
    {
        using (Database database = Open())
        {
            database.Put(database.Family("blocks"), [1], [2, 3]);
            database.Put(database.Family("state"), [1], []);
        }

        using Database again = Open();
        Assert.Equal([2, 3], again.Get(again.Family("blocks"), [1]));
        Assert.Empty(again.Get(again.Family("state"), [1])!);
        Assert.Null(again.Get(again.Family("state"), [2]));
        Assert.True(again.Contains(again.Family("blocks"), [1]));
        Assert.False(again.Contains(again.Family("blocks"), [7]));
    }

    [Fact]
    public void A_batch_reaches_every_family_it_names()
    {
        using Database database = Open();
        ColumnFamily blocks = database.Family("blocks");
        ColumnFamily state = database.Family("state");
        database.Put(state, [9], [9]);
        using WriteBatch batch = new();
        batch.Put(blocks, [1], [1]);
        batch.Put(state, [2], [2]);
        batch.Delete(state, [9]);
        Assert.Equal(3, batch.Count);
        database.Write(batch, WriteDurability.Buffered);

        Assert.Equal([1], database.Get(blocks, [1]));
        Assert.Equal([2], database.Get(state, [2]));
        Assert.Null(database.Get(state, [9]));
        batch.Clear();
        Assert.Equal(0, batch.Count);
    }

    [Fact]
    public void A_range_is_deleted_up_to_its_end()
    {
        using Database database = Open();
        ColumnFamily state = database.Family("state");
        for (byte i = 0; i < 10; i++)
        {
            database.Put(state, [i], [i], WriteDurability.Buffered);
        }

        using WriteBatch batch = new();
        batch.DeleteRange(state, [2], [8]);
        database.Write(batch);
        Assert.Equal([0, 1, 8, 9], Keys(database, state));
    }

    [Fact]
    public void An_iterator_walks_in_key_order_from_where_it_is_put()
    {
        using Database database = Open();
        ColumnFamily state = database.Family("state");
        foreach (byte key in (byte[])[5, 1, 3])
        {
            database.Put(state, [key], [(byte)(key * 2)], WriteDurability.Buffered);
        }

        using RocksDbIterator iterator = database.NewIterator(state);
        iterator.Seek([2]);
        Assert.Equal([3], iterator.Key.ToArray());
        Assert.Equal([6], iterator.Value.ToArray());
        iterator.Next();
        Assert.Equal([5], iterator.Key.ToArray());
        iterator.Next();
        Assert.False(iterator.Valid);
        Assert.Throws<InvalidOperationException>(iterator.Next);
        iterator.SeekForPrevious([4]);
        Assert.Equal([3], iterator.Key.ToArray());
        iterator.SeekToLast();
        iterator.Previous();
        Assert.Equal([3], iterator.Key.ToArray());
    }

    [Fact]
    public void An_iterator_keeps_to_the_state_it_was_made_in()
    {
        using Database database = Open();
        ColumnFamily state = database.Family("state");
        database.Put(state, [1], [1]);
        using RocksDbIterator iterator = database.NewIterator(state);
        database.Put(state, [2], [2]);
        iterator.SeekToFirst();
        iterator.Next();
        Assert.False(iterator.Valid);
    }

    [Fact]
    public void Disposing_in_the_wrong_order_closes_in_the_right_one()
    {
        Database database = Open();
        ColumnFamily state = database.Family("state");
        database.Put(state, [1], [1]);
        RocksDbIterator iterator = database.NewIterator(state);
        iterator.SeekToFirst();
        database.Dispose();

        // Still the engine's live memory: the database closes only with its last iterator.
        Assert.Equal([1], iterator.Key.ToArray());
        Assert.Throws<ObjectDisposedException>(() => database.Get(state, [1]));
        Assert.Throws<ObjectDisposedException>(() => database.NewIterator(state));
        iterator.Dispose();

        using Database again = Open();
        Assert.Equal([1], again.Get(again.Family("state"), [1]));
    }

    [Fact]
    public void Forgotten_objects_are_collected_without_harm()
    {
        Forget();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using Database again = Open();
        Assert.Equal([1], again.Get(again.Family("state"), [1]));

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        void Forget()
        {
            Database database = Open();
            database.Put(database.Family("state"), [1], [1]);
            database.NewIterator(database.Family("state")).SeekToFirst();
        }
    }

    [Fact]
    public void A_checkpoint_is_a_database_of_that_moment()
    {
        using Database database = Open();
        ColumnFamily state = database.Family("state");
        database.Put(state, [1], [1]);
        database.Checkpoint(_folder["copy"]);
        database.Put(state, [1], [2]);

        using Database copy = Database.Open(new RocksDbOptions(), _folder["copy"], Families);
        Assert.Equal([1], copy.Get(copy.Family("state"), [1]));
        Assert.Contains("copy", Assert.Throws<RocksDbException>(() => database.Checkpoint(_folder["copy"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_opening_is_refused_with_the_engines_sentence()
    {
        using Database database = Open();
        RocksDbException refused = Assert.Throws<RocksDbException>(() => Open());
        Assert.Contains("lock", refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(database.Path, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_database_is_refused()
    {
        using (Database database = Open())
        {
            database.Put(database.Family("state"), [1], [1]);
        }

        File.WriteAllText(Path.Combine(_folder["db"], "CURRENT"), "MANIFEST-999999\n");
        Assert.Throws<RocksDbException>(() => Open());
    }

    [Fact]
    public void A_family_of_another_version_is_kept()
    {
        using (Database wide = Database.Open(new RocksDbOptions(), _folder["db"], [.. Families, new("later")]))
        {
            wide.Put(wide.Family("later"), [1], [1]);
        }

        using (Database narrow = Open())
        {
            Assert.Throws<KeyNotFoundException>(() => narrow.Family("unknown"));
        }

        using Database again = Database.Open(new RocksDbOptions(), _folder["db"], [.. Families, new("later")]);
        Assert.Equal([1], again.Get(again.Family("later"), [1]));
    }

    [Fact]
    public void Flushing_moves_a_family_to_table_files()
    {
        using Database database = Open();
        ColumnFamily state = database.Family("state");
        database.Put(state, Encoding.ASCII.GetBytes("key"), new byte[1000], WriteDurability.Buffered);
        database.SyncLog();
        database.Flush(state);
        Assert.Equal("1", database.Property(state, "rocksdb.num-files-at-level0"));
        Assert.Null(database.Property(state, "rocksdb.no-such-property"));
        Assert.Equal(1000, database.Get(state, "key"u8)!.Length);
    }

    [Fact]
    public void A_missing_database_is_an_error_when_it_must_exist()
    {
        Assert.Throws<RocksDbException>(() => Database.Open(new RocksDbOptions { CreateIfMissing = false }, _folder["none"], Families));
    }

    private Database Open() => Database.Open(new RocksDbOptions(), _folder["db"], Families);

    private static List<byte> Keys(Database database, ColumnFamily family)
    {
        List<byte> keys = [];
        using RocksDbIterator iterator = database.NewIterator(family);
        for (iterator.SeekToFirst(); iterator.Valid; iterator.Next())
        {
            keys.Add(iterator.Key[0]);
        }

        return keys;
    }
}
