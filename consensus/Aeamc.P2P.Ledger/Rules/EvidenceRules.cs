using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// Proven equivocation goes on record and is punished, once per member and epoch, whoever reports it and in whatever bytes: the member's reputation is
/// gone at once and its eligibility from the next epoch (consensus.md, "Evidence"; ADR 0022). Cheap checks come first, so that a block full of reports
/// costs no more signature checks than there are members to convict.
/// </summary>
public static class EvidenceRules
{
    /// <summary>
    /// How many views evidence may lie behind the block that it comes in: a day of views at twelve a second. An honest node reports within seconds, and
    /// keeps evidence over restarts until it is on record; what is older than this is not worth keeping old epochs' keys for.
    /// </summary>
    public const ulong MaximumAge = 1_000_000;

    /// <summary>The most reports in one block, one for each member of the largest committee; a block with more is invalid.</summary>
    public const int MaximumPerBlock = GenesisDocument.MaxCommittee;

    internal static RefusalCode Apply(BlockDraft draft, Hash256 entryId, EvidenceReport report, PublicKey signer)
    {
        if (!MemberRules.TryFind(draft, signer, out _))
        {
            return RefusalCode.NotAMember;
        }

        if (!draft.Ports.Evidence.TryRead(report.Evidence, out Offence offence) || draft.Parent.IndexOf(offence.Offender) is null)
        {
            return RefusalCode.EvidenceInvalid;
        }

        if (draft.Member(offence.Offender) is { } known && known.Epoch >= offence.Epoch)
        {
            return RefusalCode.EvidenceDuplicate;
        }

        if (IsExpired(offence.View, draft.Context.View))
        {
            return RefusalCode.EvidenceExpired;
        }

        if (!draft.Ports.Evidence.Verify(report.Evidence))
        {
            return RefusalCode.EvidenceInvalid;
        }

        draft.Write(
            StateKeys.Member(offence.Offender),
            new MemberRecord(offence.Kind, offence.Epoch, offence.View, draft.Context.Height, entryId, Reputation: 0).Encode());
        draft.Counters.Offences++;
        return RefusalCode.None;
    }

    /// <summary>Whether evidence of a view is too old for a block of another view.</summary>
    public static bool IsExpired(View offence, View block) => block.Value > MaximumAge && offence.Value < block.Value - MaximumAge;
}
