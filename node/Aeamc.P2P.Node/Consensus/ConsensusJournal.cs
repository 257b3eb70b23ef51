using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage;
using Aeamc.P2P.Storage.Log;
using Aeamc.P2P.Storage.Signer;

namespace Aeamc.P2P.Node.Consensus;

/// <summary>Puts the core's records and the watermark on disk: many appends, then one sync of each file that changed. Used by the loop's thread; the files are their owner's to close.</summary>
public sealed class ConsensusJournal(ConsensusLog log, SignerWatermark watermark)
{
    /// <summary>Views kept in the log below the last durable block: the core still answers requests about them.</summary>
    private const ulong RetainedViews = 256;

    /// <summary>Bytes appended and not synced that a node which does not vote may hold in memory.</summary>
    private const int MaximumUnsynced = 256 * 1024;

    private const byte RecordType = 1;

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private Watermark? _written;
    private View _pruned;
    private int _unsynced;

    /// <summary>Whether so much was appended since the last sync that it is time for one.</summary>
    public bool IsLong => _unsynced >= MaximumUnsynced;

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

    /// <summary>The watermark as consensus reads it; null for a key that has never voted.</summary>
    public static Watermark? ReadWatermark(SignerWatermark file) =>
        file.Highest is { } mark ? new Watermark(mark.Epoch, mark.View, (VoteKind)mark.Kind, mark.Hash) : null;

    /// <summary>Puts the watermark up to the votes that the log knows, before any of them is sent again.</summary>
    /// <exception cref="StorageException">The two files contradict each other.</exception>
    public void Restore(RecoveredState recovered) =>
        watermark.Restore([.. recovered.NewestVotes.Select(vote => new SignerMark(vote.Epoch, vote.View, (byte)vote.Kind, vote.Block.Hash))]);

    /// <summary>Buffers a record.</summary>
    public void Append(WalRecord record)
    {
        _buffer.ResetWrittenCount();
        record.Encode(_buffer);
        log.Append(RecordType, Mark(record.Epoch, record.View), _buffer.WrittenSpan);
        _unsynced += _buffer.WrittenCount;
    }

    /// <summary>Returns when every appended record and the mark are on disk.</summary>
    public void Sync(Watermark? mark)
    {
        // The log first: a watermark ahead of the log looks like a restored database, and would silence this node after a crash in between.
        log.Sync();
        _unsynced = 0;
        if (mark is { } vote && vote != _written)
        {
            WatermarkVerdict verdict = watermark.TryRaise(new SignerMark(vote.Epoch, vote.View, (byte)vote.Kind, vote.Hash));
            if (verdict is WatermarkVerdict.Below or WatermarkVerdict.Conflict)
            {
                throw Invariant.Fail($"the signer watermark does not allow {vote.Kind} in view {vote.View}: {verdict}");
            }

            _written = mark;
        }

        CrashPoint.Reach(CrashPoint.TurnSynced);
    }

    /// <summary>Puts the watermark up to a vote that this node does not remember, so that it is quiet up to there after a restart.</summary>
    public void RaiseWatermark(in Statement vote) => watermark.TryRaise(new SignerMark(vote.Epoch, vote.View, (byte)vote.Kind, vote.Block.Hash));

    /// <summary>Drops whole segments whose records lie well below the view of the last block in the store: they are not needed any more.</summary>
    public void Prune(Epoch epoch, View durable)
    {
        if (durable.Value > _pruned.Value + (2 * RetainedViews))
        {
            _pruned = new View(durable.Value - RetainedViews);
            log.Prune(Mark(epoch, _pruned));
        }
    }

    /// <summary>Epoch and view in one number that never falls: 2^40 views an epoch are thousands of years.</summary>
    private static ulong Mark(Epoch epoch, View view) => (epoch.Value << 40) | view.Value;
}
