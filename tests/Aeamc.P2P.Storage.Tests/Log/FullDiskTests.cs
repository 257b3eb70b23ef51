using Aeamc.P2P.Storage.Log;

namespace Aeamc.P2P.Storage.Tests.Log;

/// <summary>A disk that fills up at any byte, under the consensus log.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const int SegmentBytes = 1024;
    private const int Records = 12;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Wherever_the_disk_fills_up_what_was_synced_stays_and_the_log_says_no_from_then_on()
    {
        // A third segment would begin within these bytes; room for the first one's zeros is there in every round.
        bool refusedOnce = false, enoughOnce = false;
        for (int room = SegmentBytes; room < 6 * SegmentBytes; room += 37)
        {
            string folder = _folder[$"wal-{room}"];
            var disk = new SmallDisk { Room = room };
            int synced = 0;
            IOException? full = null;
            using (ConsensusLog log = ConsensusLog.Open(folder, Options(disk)))
            {
                while (synced < Records && full is null)
                {
                    try
                    {
                        log.Append(1, 0, Payload(synced));
                        log.Sync();
                        synced++;
                    }
                    catch (IOException fault)
                    {
                        full = fault;
                    }
                }

                if (full is not null)
                {
                    Assert.True(DiskSpace.IsFull(full));
                    Assert.Throws<IOException>(log.Sync);
                }
            }

            refusedOnce |= full is not null;
            enoughOnce |= full is null;
            Assert.Empty(Directory.GetFiles(folder, "*.tmp"));

            // Room again: the same records, and on it goes.
            disk.Room = long.MaxValue;
            using ConsensusLog again = ConsensusLog.Open(folder, Options(disk));
            List<LogRecord> kept = [.. again.Replay()];
            Assert.InRange(kept.Count, synced, synced + (full is null ? 0 : 1));
            Assert.All(kept, record => Assert.Equal(Payload((int)record.Sequence), record.Payload.ToArray()));
            again.Append(1, 0, [1]);
            again.Sync();
        }

        Assert.True(refusedOnce && enoughOnce);
    }

    [Fact]
    public void Full_disks_are_told_from_other_faults()
    {
        Assert.True(DiskSpace.IsFull(new DiskFullException("little is left")));
        Assert.True(DiskSpace.IsFull(new IOException("write", 28)));
        Assert.True(DiskSpace.IsFull(new IOException("quota", 122)));
        Assert.True(DiskSpace.IsFull(new AggregateException(new InvalidOperationException("first"), new StorageException("x", new IOException("write", 28)))));
        Assert.False(DiskSpace.IsFull(new IOException("a cable", 5)));
        Assert.False(DiskSpace.IsFull(new InvalidOperationException("a bug")));
        Assert.True(DiskSpace.FreeBytes(_folder.Path) > 0);
    }

    private static byte[] Payload(int number) => [.. Enumerable.Repeat((byte)(number + 1), 150)];

    private static ConsensusLogOptions Options(SmallDisk disk) => new() { SegmentBytes = SegmentBytes, OpenFile = disk.Open };

    /// <summary>So many bytes can be allocated on it; what lies within an allocated file may be overwritten for ever.</summary>
    private sealed class SmallDisk
    {
        public long Room { get; set; }

        public IStableFile Open(string path) => new Limited(this, StableFile.Open(path), new FileInfo(path).Length);

        private sealed class Limited(SmallDisk disk, IStableFile file, long allocated) : IStableFile
        {
            private long _allocated = allocated;

            public void Write(ReadOnlySpan<byte> bytes, long offset)
            {
                long more = Math.Max(0, offset + bytes.Length - _allocated);
                long given = Math.Min(more, disk.Room);
                disk.Room -= given;
                _allocated += given;
                file.Write(bytes[..(int)(bytes.Length - (more - given))], offset);
                if (given < more)
                {
                    throw new IOException("No space left on device", 28);
                }
            }

            public void Sync() => file.Sync();

            public void Dispose() => file.Dispose();
        }
    }
}
