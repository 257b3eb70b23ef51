using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Log;
using Aeamc.P2P.Storage.Signer;

namespace Aeamc.P2P.Node.Tests.Consensus;

/// <summary>
/// One key's votes over many lives of its journal, each ended by a power cut in the middle of a write or a sync, some begun on a log from a backup: whatever was sent is remembered or
/// the node is quiet about it, and without a backup it is never quiet.
/// </summary>
public sealed class JournalPowerCutTests : IDisposable
{
    private static readonly ConsensusLogOptions Small = new() { SegmentBytes = 2_048 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_vote_that_was_sent_is_forgotten_and_none_contradicts_another(bool backups)
    {
        int quiet = 0;
        int unlogged = 0;
        for (int seed = 1; seed <= 150; seed++)
        {
            var key = new Key(_folder[$"{seed}"], new Random(seed), backups);
            for (int life = 0; life < 12; life++)
            {
                key.Live();
            }

            Assert.True(backups || key.QuietLives == 0, $"seed {seed}: quiet without a backup");
            quiet += key.QuietLives;
            unlogged += key.UnloggedVotes;
        }

        Assert.Equal(backups, quiet > 50);
        Assert.True(unlogged > 300, $"only {unlogged} votes were in the signer's file alone");
    }

    private sealed class Key(string folder, Random random, bool backups)
    {
        private readonly Dictionary<(View View, VoteKind Kind), Statement> _sent = [];
        private readonly string _wal = Path.Combine(folder, "wal");
        private readonly string _mark = Path.Combine(folder, "mark");
        private readonly string _backup = Path.Combine(folder, "backup");
        private BlockRef _committed = BlockRef.Genesis(Hash256.Of("genesis"u8));
        private ulong _view = 1;

        public int QuietLives { get; private set; }

        public int UnloggedVotes { get; private set; }

        public void Live()
        {
            if (backups && Directory.Exists(_backup) && random.Next(3) == 0)
            {
                Directory.Delete(_wal, recursive: true);
                Copy(_backup, _wal);
            }

            var disk = new CutDisk(random, random.Next(3, 60));
            try
            {
                Directory.CreateDirectory(folder);
                using ConsensusLog log = ConsensusLog.Open(_wal, new ConsensusLogOptions { SegmentBytes = Small.SegmentBytes, OpenFile = disk.Open });
                using SignerWatermark watermark = SignerWatermark.Open(_mark, disk.Open);
                Run(log, watermark);
            }
            catch (IOException) when (disk.IsCut)
            {
                // The next life goes on from what the disk kept.
            }

            if (backups && random.Next(3) == 0)
            {
                Directory.CreateDirectory(_backup);
                Directory.Delete(_backup, recursive: true);
                Copy(_wal, _backup);
            }
        }

        private void Run(ConsensusLog log, SignerWatermark watermark)
        {
            RecoveredState recovered = RecoveredState.Replay(Epoch.Zero, _committed, ConsensusJournal.Replay(log), ConsensusJournal.ReadMemory(watermark));
            UnloggedVotes += recovered.Unlogged.Count;
            QuietLives += recovered.Forgotten > View.Zero ? 1 : 0;
            foreach (Statement vote in _sent.Values.Where(vote => vote.View > _committed.View && vote.View > recovered.Forgotten))
            {
                Assert.Contains(new WalRecord.Voted(vote), recovered.Records);
            }

            var journal = new ConsensusJournal(log, watermark);
            journal.Restore(recovered);
            var guard = new VoteGuard(recovered);
            while (true)
            {
                Act(journal, guard);
            }
        }

        private void Act(ConsensusJournal journal, VoteGuard guard)
        {
            switch (random.Next(8))
            {
                case 0:
                    journal.Append(new WalRecord.Certified(Epoch.Zero, new View(_view), Hash256.Of(BitConverter.GetBytes(random.Next())), true));
                    break;
                case 1:
                    journal.SyncLog();
                    break;
                case 2 when random.Next(4) == 0:
                    // The network goes on without this node.
                    _view += (ulong)random.Next(1, 4);
                    _committed = _committed.Child(Hash256.Of(BitConverter.GetBytes(_view)), new View(_view++));
                    guard.ObserveFinalization(_committed.View);
                    journal.Prune(Epoch.Zero, new View(random.Next(5) == 0 ? _committed.View.Value + 1_000 : 0));
                    break;
                default:
                    Vote(journal, guard);
                    break;
            }

            if (journal.IsLong)
            {
                journal.SyncLog();
            }
        }

        private void Vote(ConsensusJournal journal, VoteGuard guard)
        {
            var view = new View(_view - (ulong)random.Next(0, 2));
            BlockRef block = BlockRef.Genesis(Hash256.Of("genesis"u8)).Child(Hash256.Of([(byte)random.Next(2)]), view);
            Statement vote = random.Next(3) switch
            {
                0 => Statement.Notarize(Epoch.Zero, block),
                1 => Statement.Finalize(Epoch.Zero, block),
                _ => Statement.Nullify(Epoch.Zero, view),
            };
            VoteDecision decision = guard.Authorize(vote);
            if (decision == VoteDecision.Sign)
            {
                journal.Append(new WalRecord.Voted(vote));
                journal.SyncVotes(guard.Watermark);
            }

            if (decision is VoteDecision.Sign or VoteDecision.SignAgain)
            {
                Assert.Equal(vote, _sent.GetValueOrDefault((view, vote.Kind), vote));
                Assert.False(_sent.ContainsKey((view, vote.Kind == VoteKind.Nullify ? VoteKind.Finalize : VoteKind.Nullify)) && vote.Kind != VoteKind.Notarize);
                _sent[(view, vote.Kind)] = vote;
            }

            _view += random.Next(3) == 0 ? 1UL : 0;
        }

        private static void Copy(string from, string to)
        {
            Directory.CreateDirectory(to);
            foreach (string file in Directory.GetFiles(from))
            {
                File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
            }
        }
    }
}
