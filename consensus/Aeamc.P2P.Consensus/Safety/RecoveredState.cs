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

    private RecoveredState(
        Epoch epoch, BlockRef committed, IReadOnlyList<WalRecord> records, bool isWhole, View forgotten, Watermark? watermark, IReadOnlyList<Statement> newest, IReadOnlyList<Statement> unlogged)
    {
        IsWhole = isWhole;
        Epoch = epoch;
        Committed = committed;
        Records = records;
        Forgotten = forgotten;
        Watermark = watermark;
        NewestVotes = newest;
        Unlogged = unlogged;
    }

    /// <summary>The epoch started in.</summary>
    public Epoch Epoch { get; }

    /// <summary>The block the ledger stands at; the epoch's genesis at first.</summary>
    public BlockRef Committed { get; }

    /// <summary>The epoch's records, in the order written; behind them the votes that only the signer's file tells of.</summary>
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

    /// <summary>
    /// Whether the log is the one that the signer's file was written beside: with <see cref="Unlogged"/> it holds every vote. If not, that must go on showing: the host logs the next vote before
    /// the file names anything in this log.
    /// </summary>
    public bool IsWhole { get; }

    /// <summary>Votes of the epoch that a crash kept from the log. If it <see cref="IsWhole"/> the host writes them there before anything is signed again.</summary>
    public IReadOnlyList<Statement> Unlogged { get; }

    /// <summary>The last vote among the records, if any: what the signer's file is to name as logged once they are all on the disk.</summary>
    public Statement? LastVote => Records.OfType<WalRecord.Voted>().LastOrDefault()?.Statement;

    /// <summary>A node that has never voted.</summary>
    public static RecoveredState Fresh(Epoch epoch, BlockRef genesis) => new(epoch, genesis, [], true, View.Zero, null, [], []);

    /// <summary>Reads a log: records of other epochs are skipped, order is kept, duplicates do no harm.</summary>
    /// <param name="epoch">The epoch to run.</param>
    /// <param name="committed">The block the ledger stands at.</param>
    /// <param name="records">The whole log, oldest first.</param>
    /// <param name="memory">What the signer's file tells.</param>
    public static RecoveredState Replay(Epoch epoch, BlockRef committed, IEnumerable<WalRecord> records, SignerMemory memory)
    {
        var kept = new List<WalRecord>();
        var newest = new Statement?[Kinds.Length];
        Watermark? voted = memory.Highest;

        // Whatever was voted after the last logged one, of an earlier epoch here, is among the unlogged.
        bool remembered = memory.Logged is not { } logged || logged.Epoch < epoch;
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
                remembered |= memory.Logged is { } mark && vote.View == mark.View && vote.Kind == mark.Kind && vote.Block.Hash == mark.Hash;
                Count(vote);
            }

            if (record is WalRecord.Accepted { Certificate: { Kind: VoteKind.Finalize } finalization } && finalization.View > finalized)
            {
                finalized = finalization.View;
            }
        }

        List<Statement> unlogged = [.. memory.Unlogged.Where(vote => vote.Epoch == epoch && !kept.Contains(new WalRecord.Voted(vote)))];
        foreach (Statement vote in unlogged)
        {
            kept.Add(new WalRecord.Voted(vote));
            Count(vote);
        }

        View forgotten = View.Zero;
        if (memory.Highest is { } last && !remembered)
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
        return new RecoveredState(epoch, committed, kept, remembered, forgotten, forgotten == View.Zero ? voted : memory.Highest, [.. newest.OfType<Statement>()], unlogged);

        void Count(in Statement vote)
        {
            voted = Safety.Watermark.After(voted, vote);
            ref Statement? before = ref newest[Array.IndexOf(Kinds, vote.Kind)];
            before = before is { } held && held.View > vote.View ? held : vote;
        }
    }
}
