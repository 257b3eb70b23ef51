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

    private static void Vote(ConsensusJournal journal, Statement vote)
    {
        journal.Append(new WalRecord.Voted(vote));
        journal.SyncVotes(Watermark.After(null, vote));
    }

    private static RecoveredState Recover(ConsensusLog log, SignerWatermark watermark) =>
        RecoveredState.Replay(Epoch.Zero, Genesis, ConsensusJournal.Replay(log), ConsensusJournal.ReadMemory(watermark));

    private static void WriteLog(ConsensusLog log, Statement vote)
    {
        log.Append(1, vote.View.Value, new WalRecord.Voted(vote).Encode());
        log.Sync();
    }

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
            journal.SyncLog();
            Assert.False(journal.IsLong);
            Assert.Equal((ulong)appended, log.NextSequence);
        });

    [Fact]
    public void Votes_are_there_after_a_restart_without_the_log_and_all_else_with_it()
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
            journal.SyncVotes(mark);
        });

        With((journal, log, watermark) =>
        {
            RecoveredState recovered = Recover(log, watermark);
            Assert.Equal([records[0], records[2]], recovered.Records);
            Assert.Equal(mark, ConsensusJournal.ReadWatermark(watermark));
            journal.Restore(recovered);
            journal.Append(records[1]);
            journal.SyncLog();
        });

        With((_, log, watermark) =>
        {
            Assert.Equal((mark, 0), (ConsensusJournal.ReadMemory(watermark).Logged, ConsensusJournal.ReadMemory(watermark).Unlogged.Count));
            Assert.Equal([records[0], records[2], records[1]], ConsensusJournal.Replay(log));
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
    public void A_crash_between_the_two_files_loses_no_vote_whichever_was_written()
    {
        // The log alone: votes are in it and no mark of them.
        With((_, log, _) => WriteLog(log, Notarize(5)));
        With((journal, log, watermark) =>
        {
            RecoveredState recovered = Recover(log, watermark);
            Assert.Equal((true, View.Zero), (recovered.IsWhole, recovered.Forgotten));
            journal.Restore(recovered);
            Assert.Equal(recovered.Watermark, ConsensusJournal.ReadWatermark(watermark));
        });

        // The signer's file alone.
        With((journal, log, watermark) =>
        {
            journal.Restore(Recover(log, watermark));
            journal.Append(new WalRecord.Voted(Notarize(6)));
            journal.SyncVotes(Watermark.After(null, Notarize(6)));
        });
        With((_, log, watermark) =>
        {
            RecoveredState recovered = Recover(log, watermark);
            Assert.Equal((true, View.Zero), (recovered.IsWhole, recovered.Forgotten));
            Assert.Equal([new WalRecord.Voted(Notarize(5)), new WalRecord.Voted(Notarize(6))], recovered.Records);
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_log_restored_from_before_silences_the_node_at_every_start_until_something_later_is_final(bool unlogged)
    {
        With((journal, log, watermark) =>
        {
            journal.Restore(Recover(log, watermark));
            Vote(journal, Notarize(4));
            journal.SyncLog();
            Vote(journal, Notarize(5));
            journal.SyncLog();
            Vote(journal, Notarize(6));
            if (!unlogged)
            {
                journal.SyncLog();
            }
        });
        Directory.Delete(_folder["wal"], recursive: true);

        // A node that is quiet logs what it hears, and that must not look like a log that is whole.
        for (int start = 0; start < 3; start++)
        {
            With((journal, log, watermark) =>
            {
                RecoveredState recovered = Recover(log, watermark);
                Assert.Equal((false, new View(6)), (recovered.IsWhole, recovered.Forgotten));
                journal.Restore(recovered);
                journal.Append(new WalRecord.Certified(Epoch.Zero, new View(6), Hash256.Of("block"u8), true));
                journal.SyncLog();
            });
        }

        // Its next vote is in both files, so that from then on the log counts again.
        With((journal, log, watermark) =>
        {
            journal.Restore(Recover(log, watermark));
            Vote(journal, Notarize(7));
        });
        With((_, log, watermark) =>
        {
            RecoveredState recovered = Recover(log, watermark);
            Assert.Equal((true, View.Zero), (recovered.IsWhole, recovered.Forgotten));
        });
    }

    [Fact]
    public void A_log_restored_twice_does_not_pass_for_whole_because_the_first_was_overtaken_by_a_finalization()
    {
        With((journal, log, watermark) =>
        {
            journal.Restore(Recover(log, watermark));
            Vote(journal, Notarize(4));
            journal.SyncLog();
            Vote(journal, Notarize(6));
            journal.SyncLog();
            Vote(journal, Notarize(7));
        });

        // After a start the file holds no votes beside the log.
        With((journal, log, watermark) => journal.Restore(Recover(log, watermark)));
        BlockRef final = Genesis.Child(Hash256.Of("final"u8), new View(9));
        for (int start = 0; start < 2; start++)
        {
            Directory.Delete(_folder["wal"], recursive: true);
            With((_, log, _) => WriteLog(log, Notarize(4)));
            With((journal, log, watermark) =>
            {
                RecoveredState recovered = RecoveredState.Replay(Epoch.Zero, final, ConsensusJournal.Replay(log), ConsensusJournal.ReadMemory(watermark));
                Assert.Equal((false, View.Zero), (recovered.IsWhole, recovered.Forgotten));
                journal.Restore(recovered);
            });
        }
    }

    [Fact]
    public void Of_the_longest_votes_twice_as_many_fit_the_signers_file_as_may_wait_for_the_log()
    {
        var last = new Epoch(ulong.MaxValue);
        BlockRef block = Genesis.Child(Hash256.Of([1]), new View(ulong.MaxValue - 1)).Child(Hash256.Of([2]), new View(ulong.MaxValue)) with { Height = new Height(ulong.MaxValue) };
        byte[] vote = new WalRecord.Voted(Statement.Finalize(last, block)).Encode();
        Assert.True(SignerTail.Fits([.. Enumerable.Repeat<ReadOnlyMemory<byte>>(vote, 16)]), $"{vote.Length} bytes");
    }

    [Fact]
    public void Votes_go_to_the_log_first_when_the_signers_file_has_no_room_for_them() =>
        With((journal, log, watermark) =>
        {
            journal.Restore(Recover(log, watermark));
            for (ulong view = 1; view <= 100; view++)
            {
                journal.Append(new WalRecord.Voted(Notarize(view)));
            }

            journal.SyncVotes(Watermark.After(null, Notarize(100)));
            SignerMemory memory = ConsensusJournal.ReadMemory(watermark);
            Assert.Equal((Watermark.After(null, Notarize(100)), 0), (memory.Logged, memory.Unlogged.Count));
            Assert.False(journal.IsLong);
        });

    [Fact]
    public void A_vote_waits_for_the_log_when_what_the_signers_file_names_was_pruned_from_it() =>
        With((journal, log, watermark) =>
        {
            journal.Restore(Recover(log, watermark));
            Vote(journal, Notarize(4));
            journal.SyncLog();
            journal.Prune(Epoch.Zero, new View(2_000));
            Vote(journal, Notarize(2_001));
            Assert.Equal(Watermark.After(null, Notarize(2_001)), ConsensusJournal.ReadMemory(watermark).Logged);
            Vote(journal, Notarize(2_002));
            Assert.Equal((Watermark.After(null, Notarize(2_001)), 1), (ConsensusJournal.ReadMemory(watermark).Logged, ConsensusJournal.ReadMemory(watermark).Unlogged.Count));
        });

    [Fact]
    public void A_vote_of_an_earlier_view_is_kept_though_the_mark_stays() =>
        With((journal, log, watermark) =>
        {
            journal.Restore(Recover(log, watermark));
            Vote(journal, Notarize(5));
            journal.Append(new WalRecord.Voted(Statement.Nullify(Epoch.Zero, new View(4))));
            journal.SyncVotes(Watermark.After(null, Notarize(5)));
            Assert.Equal([Notarize(5), Statement.Nullify(Epoch.Zero, new View(4))], ConsensusJournal.ReadMemory(watermark).Unlogged);
        });

    [Fact]
    public void A_disk_that_refuses_the_signers_file_lets_no_vote_leave_and_a_log_that_fails_none_that_needs_it()
    {
        using ConsensusLog log = ConsensusLog.Open(_folder["wal"], new ConsensusLogOptions { OpenFile = path => new LastSync(StableFile.Open(path)) });
        using SignerWatermark watermark = SignerWatermark.Open(_folder["mark"]);
        var journal = new ConsensusJournal(log, watermark);
        journal.Restore(RecoveredState.Replay(Epoch.Zero, Genesis, [], SignerMemory.Of(Watermark.After(null, Notarize(4)))));
        journal.Append(new WalRecord.Voted(Notarize(5)));

        Assert.Throws<IOException>(() => journal.SyncVotes(Watermark.After(null, Notarize(5))));
        Assert.Null(watermark.Highest);
    }

    [Fact]
    public void A_vote_in_the_signers_file_that_this_program_does_not_know_is_not_passed_over() =>
        With((_, _, watermark) =>
        {
            watermark.TryRaise([new SignerMark(Epoch.Zero, new View(1), 1, default)], new SignerTail(null, [new byte[] { 0x91, 9 }]));
            Assert.Contains("newer aeamc", Assert.Throws<StorageException>(() => ConsensusJournal.ReadMemory(watermark)).Message, StringComparison.Ordinal);
        });

    [Fact]
    public void A_vote_that_the_watermark_forbids_stops_the_node_before_it_leaves()
    {
        With((journal, _, _) => Vote(journal, Notarize(5)));

        With((journal, _, _) =>
        {
            Statement other = Statement.Notarize(Epoch.Zero, Genesis.Child(Hash256.Of("other"u8), new View(5)));
            Assert.Throws<InvariantException>(() => Vote(journal, other));
            Assert.Throws<InvariantException>(() => Vote(journal, Notarize(4)));
            Vote(journal, Notarize(5));
            Vote(journal, Notarize(6));
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
                    journal.SyncLog();
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
