using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Safety;

/// <summary>
/// What a node starts from: the last block its ledger has committed, the records of its log, and how far its memory of its own votes
/// cannot be trusted. Immutable; both <c>SimplexCore</c> and <see cref="VoteGuard"/> are built from the same one.
/// </summary>
public sealed class RecoveredState
{
    private static readonly VoteKind[] Kinds = [VoteKind.Notarize, VoteKind.Nullify, VoteKind.Finalize];

    private RecoveredState(Epoch epoch, BlockRef committed, IReadOnlyList<WalRecord> records, View forgotten, Watermark? watermark, IReadOnlyList<Statement> newest)
    {
        Epoch = epoch;
        Committed = committed;
        Records = records;
        Forgotten = forgotten;
        Watermark = watermark;
        NewestVotes = newest;
    }

    /// <summary>The epoch started in.</summary>
    public Epoch Epoch { get; }

    /// <summary>The block the ledger stands at; the epoch's genesis at first.</summary>
    public BlockRef Committed { get; }

    /// <summary>The epoch's records, in the order written.</summary>
    public IReadOnlyList<WalRecord> Records { get; }

    /// <summary>
    /// Votes may have been cast up to this view that the log does not tell of (a restored database). The node stays quiet until a
    /// finalization beyond it, and never votes at or below it. View 0: memory is complete.
    /// </summary>
    public View Forgotten { get; }

    /// <summary>The watermark that holds from the start on, if any: the one found, or the log's newest vote when memory is complete and that is later.</summary>
    public Watermark? Watermark { get; }

    /// <summary>
    /// The newest recorded vote of each kind, in the order of kinds. At every start, and before anything is signed again, the host puts the watermark's file up to them: a crash between
    /// log and watermark or a damaged slot leaves the file behind the log, and then it could not tell of these votes if the log lost them next.
    /// </summary>
    public IReadOnlyList<Statement> NewestVotes { get; }

    /// <summary>A node that has never voted.</summary>
    public static RecoveredState Fresh(Epoch epoch, BlockRef genesis) => new(epoch, genesis, [], View.Zero, null, []);

    /// <summary>Reads a log: records of other epochs are skipped, order is kept, duplicates do no harm.</summary>
    /// <param name="epoch">The epoch to run.</param>
    /// <param name="committed">The block the ledger stands at.</param>
    /// <param name="records">The whole log, oldest first.</param>
    /// <param name="watermark">The separate watermark, null when its file is absent.</param>
    public static RecoveredState Replay(Epoch epoch, BlockRef committed, IEnumerable<WalRecord> records, Watermark? watermark)
    {
        var kept = new List<WalRecord>();
        var newest = new Statement?[Kinds.Length];
        Watermark? voted = watermark;
        bool remembered = false;
        View finalized = committed.View;
        foreach (WalRecord record in records)
        {
            if (record.Epoch != epoch)
            {
                continue;
            }

            kept.Add(record);
            if (record is WalRecord.Voted { Statement: var vote })
            {
                remembered |= watermark is { } mark && vote.View == mark.View && vote.Kind == mark.Kind && vote.Block.Hash == mark.Hash;
                voted = Safety.Watermark.After(voted, vote);
                ref Statement? before = ref newest[Array.IndexOf(Kinds, vote.Kind)];
                before = before is { } held && held.View > vote.View ? held : vote;
            }

            if (record is WalRecord.Accepted { Certificate: { Kind: VoteKind.Finalize } finalization } && finalization.View > finalized)
            {
                finalized = finalization.View;
            }
        }

        View forgotten = View.Zero;
        if (watermark is { } last && !remembered)
        {
            if (last.Epoch > epoch)
            {
                // This key has voted in a later epoch: it has no business in this one at all.
                forgotten = new View(ulong.MaxValue);
            }
            else if (last.Epoch == epoch && last.View > finalized)
            {
                forgotten = last.View;
            }
        }

        // What is forgotten stands above the log: the file's own mark counts on.
        return new RecoveredState(epoch, committed, kept, forgotten, forgotten == View.Zero ? voted : watermark, [.. newest.OfType<Statement>()]);
    }
}
