using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage;
using Aeamc.P2P.Storage.Log;
using Aeamc.P2P.Storage.Signer;

namespace Aeamc.P2P.Node.Consensus;

/// <summary>
/// Puts the core's records and own votes on disk. A vote is safe to send once the signer's file holds it: one sync of one small file. The log takes it, with all that came with it, when there is
/// time, or before the file is full. Used by the loop's thread; the files are their owner's to close.
/// </summary>
public sealed class ConsensusJournal(ConsensusLog log, SignerWatermark watermark)
{
    /// <summary>Views kept in the log below the last durable block: the core still answers requests about them.</summary>
    private const ulong RetainedViews = 256;

    /// <summary>Bytes appended and not synced that may be held in memory.</summary>
    private const int MaximumUnsynced = 256 * 1024;

    /// <summary>Votes that may wait for the log when nothing is finalized: some four views, well below what the signer's file takes.</summary>
    private const int MaximumUnlogged = 8;

    private const byte RecordType = 1;

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly List<ReadOnlyMemory<byte>> _unlogged = [];
    private SignerMark? _logged;
    private SignerMark? _last;
    private bool _whole = true;
    private bool _unsaved;
    private View _pruned;
    private int _unsynced;

    /// <summary>Whether so much waits for the log that it is time for <see cref="SyncLog"/>.</summary>
    public bool IsLong => _unsynced >= MaximumUnsynced || _unlogged.Count >= MaximumUnlogged;

    /// <summary>Reads a log's records; corrupt ones were refused when it was opened.</summary>
    public static List<WalRecord> Replay(ConsensusLog log)
    {
        var records = new List<WalRecord>();
        foreach (LogRecord stored in log.Replay())
        {
            records.Add(TryRead(stored, out WalRecord? record)
                ? record
                : throw new StorageException(
                    $"record {stored.Sequence} of the consensus log is whole, but not of a kind that this program knows: was it written by a newer aeamc? Run that one, or "
                    + "look with 'aeamc wal inspect'."));
        }

        return records;
    }

    /// <summary>Reads one stored record; false when it is of another program's making.</summary>
    public static bool TryRead(LogRecord stored, [NotNullWhen(true)] out WalRecord? record)
    {
        record = null;
        return stored.Type == RecordType && WalRecord.TryDecode(stored.Payload.Span, out record);
    }

    /// <summary>The highest vote by the signer's file; null for a key that has never voted.</summary>
    public static Watermark? ReadWatermark(SignerWatermark file) => MarkOf(file.Highest);

    /// <summary>All that the signer's file tells.</summary>
    /// <exception cref="StorageException">It holds votes that this program cannot read.</exception>
    public static SignerMemory ReadMemory(SignerWatermark file)
    {
        var unlogged = new List<Statement>();
        foreach (ReadOnlyMemory<byte> bytes in file.Tail.Votes)
        {
            unlogged.Add(WalRecord.TryDecode(bytes.Span, out WalRecord? record) && record is WalRecord.Voted voted
                ? voted.Statement
                : throw new StorageException("the signer watermark holds a vote that this program does not know: was it written by a newer aeamc? Run that one."));
        }

        return new SignerMemory(ReadWatermark(file), MarkOf(file.Tail.Logged), unlogged);
    }

    /// <summary>Before anything is signed again: log and signer's file each get the votes that only the other knows.</summary>
    /// <exception cref="StorageException">The two files contradict each other.</exception>
    public void Restore(RecoveredState recovered)
    {
        _whole = recovered.IsWhole;
        if (_whole)
        {
            foreach (Statement vote in recovered.Unlogged)
            {
                Append(new WalRecord.Voted(vote));
            }

            SyncLog();
            _logged = recovered.LastVote is { } last ? MarkOf(last) : null;
        }

        // A log that lacks votes must go on looking so, or the next start would take it for whole.
        watermark.Restore([.. recovered.NewestVotes.Select(vote => MarkOf(vote))], _logged);
        _unsaved = false;
    }

    /// <summary>Buffers a record.</summary>
    public void Append(WalRecord record)
    {
        _buffer.ResetWrittenCount();
        record.Encode(_buffer);
        log.Append(RecordType, Mark(record.Epoch, record.View), _buffer.WrittenSpan);
        _unsynced += _buffer.WrittenCount;
        if (record is WalRecord.Voted { Statement: var vote })
        {
            _unlogged.Add(_buffer.WrittenSpan.ToArray());
            _last = MarkOf(vote);
            _unsaved = true;
        }
    }

    /// <summary>Returns when every vote appended is on the disk, in the signer's file or in both files: then it may be sent.</summary>
    /// <param name="mark">The highest vote.</param>
    public void SyncVotes(Watermark? mark)
    {
        if (!_whole || !SignerTail.Fits(_unlogged))
        {
            SyncLog();
        }

        if (mark is { } vote && _unsaved)
        {
            WatermarkVerdict verdict = watermark.TryRaise([MarkOf(vote)], new SignerTail(_logged, _unlogged));
            if (verdict is WatermarkVerdict.Below or WatermarkVerdict.Conflict)
            {
                throw Invariant.Fail($"the signer watermark does not allow {vote.Kind} in view {vote.View}: {verdict}");
            }

            _unsaved = false;
        }

        CrashPoint.Reach(CrashPoint.TurnSynced);
    }

    /// <summary>Returns when every record appended is in the log on the disk.</summary>
    public void SyncLog()
    {
        log.Sync();
        _unsynced = 0;
        if (_last is { } last)
        {
            (_logged, _last) = (last, null);
            _whole = true;
        }

        _unlogged.Clear();
    }

    /// <summary>Puts the watermark up to a vote that this node does not remember, so that it is quiet up to there after a restart.</summary>
    public void RaiseWatermark(in Statement vote) => watermark.TryRaise(MarkOf(vote));

    /// <summary>Drops whole segments whose records lie well below the view of the last block in the store: they are not needed any more.</summary>
    public void Prune(Epoch epoch, View durable)
    {
        if (durable.Value > _pruned.Value + (2 * RetainedViews))
        {
            _pruned = new View(durable.Value - RetainedViews);
            log.Prune(Mark(epoch, _pruned));

            // The vote that the signer's file would name as logged may be gone with them: the next one goes to the log first.
            _whole &= _logged is not { } logged || (logged.Epoch == epoch && logged.View >= _pruned);
        }
    }

    /// <summary>Epoch and view in one number that never falls: 2^40 views an epoch are thousands of years.</summary>
    private static ulong Mark(Epoch epoch, View view) => (epoch.Value << 40) | view.Value;

    private static SignerMark MarkOf(in Statement vote) => new(vote.Epoch, vote.View, (byte)vote.Kind, vote.Block.Hash);

    private static SignerMark MarkOf(Watermark mark) => new(mark.Epoch, mark.View, (byte)mark.Kind, mark.Hash);

    private static Watermark? MarkOf(SignerMark? mark) => mark is { } some ? new Watermark(some.Epoch, some.View, (VoteKind)some.Kind, some.Hash) : null;
}
