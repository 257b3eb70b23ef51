using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>Proven equivocation goes on record, each offence once, whoever reports it and in whatever bytes.</summary>
internal static class EvidenceRules
{
    public static RefusalCode Apply(BlockDraft draft, EvidenceReport report, PublicKey signer)
    {
        if (!MemberRules.TryFind(draft, signer, out _))
        {
            return RefusalCode.NotAMember;
        }

        if (!draft.Ports.Evidence.TryVerify(report.Evidence, out NodeId offender, out Hash256 offence) || draft.Parent.IndexOf(offender) is null)
        {
            return RefusalCode.EvidenceInvalid;
        }

        byte[] key = StateKeys.Offence(offence);
        if (draft.TryRead(key, out _))
        {
            return RefusalCode.EvidenceDuplicate;
        }

        draft.Write(key, offender.ToArray());
        byte[] memberKey = StateKeys.Member(offender);
        bool known = draft.TryRead(memberKey, out ReadOnlyMemory<byte> value);
        MemberRecord? before = null;
        Invariant.Check(!known || MemberRecord.TryDecode(value.Span, out before));
        draft.Write(memberKey, new MemberRecord((before?.Offences ?? 0) + 1, draft.Context.Height).Encode());
        draft.Counters.Offences++;
        return RefusalCode.None;
    }
}
