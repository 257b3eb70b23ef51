using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Safety;

/// <summary>
/// The only code that may say yes to signing. It remembers this node's own votes above the last finalization and knows nothing of the
/// core's state, so that a mistake in the core becomes a refusal instead of an equivocation. Memory: own votes of unfinalized views.
/// </summary>
public sealed class VoteGuard
{
    private readonly Epoch _epoch;
    private readonly View _forgotten;
    private readonly SortedList<View, OwnVotes> _votes = [];
    private View _floor;
    private bool _quiet;

    /// <summary>Remembers the votes of the log and the watermark.</summary>
    public VoteGuard(RecoveredState recovered)
    {
        _epoch = recovered.Epoch;
        _floor = recovered.Committed.View;
        _forgotten = recovered.Forgotten;
        _quiet = recovered.Forgotten > View.Zero;
        Watermark = recovered.Watermark;
        foreach (WalRecord record in recovered.Records)
        {
            if (record is WalRecord.Voted voted)
            {
                Remember(voted.Statement);
            }
        }
    }

    /// <summary>The mark to write before the vote just authorized is signed.</summary>
    public Watermark? Watermark { get; private set; }

    /// <summary>Whether nothing may be signed yet after a restore.</summary>
    public bool IsQuiet => _quiet;

    /// <summary>
    /// Decides on a vote and, when the answer is <see cref="VoteDecision.Sign"/>, remembers it and raises <see cref="Watermark"/>. The
    /// host writes both and syncs before it signs.
    /// </summary>
    public VoteDecision Authorize(in Statement statement)
    {
        VoteDecision decision = Decide(statement);
        if (decision == VoteDecision.Sign)
        {
            Remember(statement);
            Watermark = Safety.Watermark.After(Watermark, statement);
        }

        return decision;
    }

    /// <summary>A finalization was accepted: votes up to its view are forgotten and refused from now on, and quiet may end.</summary>
    public void ObserveFinalization(View view)
    {
        if (view <= _floor)
        {
            return;
        }

        _floor = view;
        if (view > _forgotten)
        {
            _quiet = false;
        }

        while (_votes.Count > 0 && _votes.GetKeyAtIndex(0) <= view)
        {
            _votes.RemoveAt(0);
        }
    }

    private VoteDecision Decide(in Statement statement)
    {
        if (statement.Epoch != _epoch)
        {
            return VoteDecision.WrongEpoch;
        }

        if (_quiet || statement.View <= _forgotten)
        {
            return VoteDecision.Quiet;
        }

        if (statement.View <= _floor)
        {
            return VoteDecision.BelowFloor;
        }

        if (!_votes.TryGetValue(statement.View, out OwnVotes? own))
        {
            return VoteDecision.Sign;
        }

        switch (statement.Kind)
        {
            case VoteKind.Notarize when own.Notarized is { } notarized:
                // Rule 4: once per view. Asked before the rule on Nullify, so that a recorded vote can be repeated (rule 10).
                return notarized == statement.Block ? VoteDecision.SignAgain : VoteDecision.NotarizedOther;
            case VoteKind.Notarize when own.Nullified:
                return VoteDecision.NotarizeAfterNullify;
            case VoteKind.Nullify when own.Nullified:
                return VoteDecision.SignAgain;
            case VoteKind.Nullify when own.Finalized is not null:
                return VoteDecision.NullifyAfterFinalize;
            case VoteKind.Finalize when own.Nullified:
                return VoteDecision.FinalizeAfterNullify;
            case VoteKind.Finalize when own.Finalized is { } finalized:
                return finalized == statement.Block ? VoteDecision.SignAgain : VoteDecision.FinalizedOther;
            case VoteKind.Finalize when own.Notarized is { } notarized && notarized != statement.Block:
                return VoteDecision.FinalizeAgainstNotarize;
            case VoteKind.Notarize or VoteKind.Nullify or VoteKind.Finalize:
                return VoteDecision.Sign;
            default:
                throw Invariant.Fail($"vote kind {statement.Kind}");
        }
    }

    private void Remember(in Statement statement)
    {
        if (!_votes.TryGetValue(statement.View, out OwnVotes? own))
        {
            own = new OwnVotes();
            _votes.Add(statement.View, own);
        }

        switch (statement.Kind)
        {
            case VoteKind.Notarize:
                own.Notarized = statement.Block;
                break;
            case VoteKind.Nullify:
                own.Nullified = true;
                break;
            case VoteKind.Finalize:
                own.Finalized = statement.Block;
                break;
            default:
                throw Invariant.Fail($"vote kind {statement.Kind}");
        }
    }

    private sealed class OwnVotes
    {
        public BlockRef? Notarized { get; set; }

        public bool Nullified { get; set; }

        public BlockRef? Finalized { get; set; }
    }
}
