using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage;
using Aeamc.P2P.Storage.Log;
using Aeamc.P2P.Storage.Signer;

namespace Aeamc.P2P.Node.Tests.Consensus;

public sealed class ConsensusJournalTests : IDisposable
{
    private static readonly BlockRef Genesis = BlockRef.Genesis(Hash256.Of("genesis"u8));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Statement Notarize(ulong view) => Statement.Notarize(Epoch.Zero, Genesis.Child(Hash256.Of(BitConverter.GetBytes(view)), new View(view)));

    private void With(Action<ConsensusJournal, ConsensusLog, SignerWatermark> act)
    {
        using ConsensusLog log = ConsensusLog.Open(_folder["wal"]);
        using SignerWatermark watermark = SignerWatermark.Open(_folder["mark"]);
        act(new ConsensusJournal(log, watermark), log, watermark);
    }

    [Fact]
    public void What_a_node_that_does_not_vote_appends_is_long_at_a_quarter_of_a_megabyte_and_not_after_a_sync() =>
        With((journal, log, _) =>
        {
            var record = new WalRecord.Certified(Epoch.Zero, new View(1), Hash256.Of("block"u8), true);
            int appended = 0;
            for (; !journal.IsLong; appended++)
            {
                journal.Append(record);
            }

            Assert.InRange(appended, 2_000, 256 * 1024);
            journal.Sync(null);
            Assert.False(journal.IsLong);
            Assert.Equal((ulong)appended, log.NextSequence);
        });

    [Fact]
    public void Records_and_mark_are_there_after_a_restart()
    {
        WalRecord[] records =
        [
            new WalRecord.Voted(Notarize(1)), new WalRecord.Certified(Epoch.Zero, new View(1), Hash256.Of("block"u8), true),
            new WalRecord.Voted(Statement.Nullify(Epoch.Zero, new View(2))),
        ];
        Watermark mark = Watermark.After(null, Statement.Nullify(Epoch.Zero, new View(2)));
        With((journal, _, _) =>
        {
            Array.ForEach(records, journal.Append);
            journal.Sync(mark);
            journal.Sync(mark);
        });

        With((_, log, watermark) =>
        {
            Assert.Equal(records, ConsensusJournal.Replay(log));
            Assert.Equal(mark, ConsensusJournal.ReadWatermark(watermark));
        });
    }

    [Fact]
    public void A_key_that_never_voted_has_no_mark() => With((_, _, watermark) => Assert.Null(ConsensusJournal.ReadWatermark(watermark)));

    [Fact]
    public void A_record_that_this_program_does_not_know_is_not_passed_over()
    {
        With((_, log, _) =>
        {
            log.Append(9, 0, [1]);
            log.Sync();
        });

        With((_, log, _) => Assert.Contains("newer aeamc", Assert.Throws<StorageException>(() => ConsensusJournal.Replay(log)).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_crash_between_the_two_files_does_not_silence_the_node()
    {
        // The log is synced first: what a crash in between leaves is a vote in the log and no mark of it.
        With((journal, _, _) =>
        {
            journal.Append(new WalRecord.Voted(Notarize(5)));
            journal.Sync(null);
        });
        With((_, log, watermark) =>
            Assert.Equal(View.Zero, RecoveredState.Replay(Epoch.Zero, Genesis, ConsensusJournal.Replay(log), ConsensusJournal.ReadWatermark(watermark)).Forgotten));

        // The other way round looks like a restored database, and must silence it.
        With((journal, log, watermark) =>
        {
            journal.Sync(Watermark.After(null, Notarize(6)));
            Assert.Equal(new View(6), RecoveredState.Replay(Epoch.Zero, Genesis, ConsensusJournal.Replay(log), ConsensusJournal.ReadWatermark(watermark)).Forgotten);
        });
    }

    [Fact]
    public void A_vote_that_a_crash_left_without_a_mark_has_one_before_it_is_repeated()
    {
        With((journal, _, _) =>
        {
            journal.Append(new WalRecord.Voted(Notarize(4)));
            journal.Sync(Watermark.After(null, Notarize(4)));
            journal.Append(new WalRecord.Voted(Notarize(5)));
            journal.Append(new WalRecord.Voted(Statement.Nullify(Epoch.Zero, new View(5))));
            journal.Sync(null);
        });

        With((journal, log, watermark) =>
        {
            RecoveredState recovered = RecoveredState.Replay(Epoch.Zero, Genesis, ConsensusJournal.Replay(log), ConsensusJournal.ReadWatermark(watermark));
            journal.Restore(recovered);
            Assert.Equal(recovered.Watermark, ConsensusJournal.ReadWatermark(watermark));
            journal.Sync(new VoteGuard(recovered).Watermark);
        });

        // The log is restored from before: now it shows.
        With((_, _, watermark) => Assert.Equal(
            new View(5),
            RecoveredState.Replay(Epoch.Zero, Genesis, [new WalRecord.Voted(Notarize(4))], ConsensusJournal.ReadWatermark(watermark)).Forgotten));
    }

    [Fact]
    public void The_mark_does_not_rise_before_the_log_is_synced()
    {
        using ConsensusLog log = ConsensusLog.Open(_folder["wal"], new ConsensusLogOptions { OpenFile = path => new LastSync(StableFile.Open(path)) });
        using SignerWatermark watermark = SignerWatermark.Open(_folder["mark"]);
        var journal = new ConsensusJournal(log, watermark);
        journal.Append(new WalRecord.Voted(Notarize(5)));

        Assert.Throws<IOException>(() => journal.Sync(Watermark.After(null, Notarize(5))));
        Assert.Null(watermark.Highest);
    }

    [Fact]
    public void A_vote_that_the_watermark_forbids_stops_the_node_before_it_leaves()
    {
        With((journal, _, _) => journal.Sync(Watermark.After(null, Notarize(5))));

        With((journal, _, _) =>
        {
            Statement other = Statement.Notarize(Epoch.Zero, Genesis.Child(Hash256.Of("other"u8), new View(5)));
            Assert.Throws<InvariantException>(() => journal.Sync(Watermark.After(null, other)));
            Assert.Throws<InvariantException>(() => journal.Sync(Watermark.After(null, Notarize(4))));
            journal.Sync(Watermark.After(null, Notarize(5)));
            journal.Sync(Watermark.After(null, Notarize(6)));
        });
    }

    [Fact]
    public void Pruning_keeps_what_is_near_the_last_durable_block_and_drops_what_lies_below()
    {
        // Twenty views a segment, so that there is something to drop.
        var small = new ConsensusLogOptions { SegmentBytes = 2_048 };
        using (ConsensusLog log = ConsensusLog.Open(_folder["wal"], small))
        using (SignerWatermark watermark = SignerWatermark.Open(_folder["mark"]))
        {
            var journal = new ConsensusJournal(log, watermark);
            for (ulong view = 1; view <= 2_000; view++)
            {
                journal.Append(new WalRecord.Voted(Notarize(view)));
                if (view % 20 == 0)
                {
                    journal.Sync(null);
                }
            }

            journal.Prune(Epoch.Zero, new View(1_900));
        }

        using ConsensusLog again = ConsensusLog.Open(_folder["wal"], small);
        Assert.InRange(ConsensusJournal.Replay(again).Min(record => record.View.Value), 1_600UL, 1_900UL - 256);
    }

    /// <summary>A file of a disk that fails with the first sync after its making.</summary>
    private sealed class LastSync(IStableFile file) : IStableFile
    {
        private bool _records;

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            // Records come after the header; a segment is made of zeros from its start.
            _records |= offset == 64;
            file.Write(bytes, offset);
        }

        public void Sync()
        {
            if (_records)
            {
                throw new IOException("a cable", 5);
            }

            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
