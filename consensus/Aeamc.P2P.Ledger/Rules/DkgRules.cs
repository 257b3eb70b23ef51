using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// The ledger as the broadcast channel of the distributed key generation (threshold-anchoring.md): messages in one order for all, and a key in force once
/// t + f members confirm the same one.
/// </summary>
internal static class DkgRules
{
    public static RefusalCode Apply(BlockDraft draft, DkgPost post, PublicKey signer)
    {
        RefusalCode refusal = Admit(draft, post.Kind, post.Session, signer, out NodeIndex author);
        if (refusal != RefusalCode.None)
        {
            return refusal;
        }

        DkgState dkg = draft.ChangeDkg();
        DkgState.Member member = dkg[author];
        if (post.Kind == EntryKind.DkgDeal)
        {
            member.Dealt = true;
        }
        else
        {
            member.Complaints++;
        }

        Record(draft, dkg, new DkgMessage(post.Kind, author, draft.Context.Height, post.Message));
        return RefusalCode.None;
    }

    public static RefusalCode Apply(BlockDraft draft, DkgConfirmation confirmation, PublicKey signer)
    {
        RefusalCode refusal = Admit(draft, EntryKind.DkgConfirm, confirmation.Session, signer, out NodeIndex author);
        if (refusal != RefusalCode.None)
        {
            return refusal;
        }

        DkgState dkg = draft.ChangeDkg();
        dkg[author].Confirmation = confirmation;
        Record(draft, dkg, new DkgMessage(EntryKind.DkgConfirm, author, draft.Context.Height, confirmation.Encode()));
        if (dkg.ConfirmationsOf(confirmation) >= ConfirmationsNeeded(draft.Parent.Document.Committee.Count))
        {
            dkg.Group = new GroupKey(confirmation.GroupKey, confirmation.Transcript, confirmation.Session, draft.Context.Height);
        }

        return RefusalCode.None;
    }

    /// <summary>t + f with t = n - f: when up to f of those who confirmed lie, t honest holders of a share are left to sign.</summary>
    private static int ConfirmationsNeeded(int members)
    {
        int faulty = (members - 1) / 3;
        int threshold = members - faulty;
        return threshold + faulty;
    }

    private static RefusalCode Admit(BlockDraft draft, EntryKind kind, uint session, PublicKey signer, out NodeIndex author)
    {
        if (!MemberRules.TryFind(draft, signer, out author))
        {
            return RefusalCode.NotAMember;
        }

        DkgState dkg = draft.Dkg;
        if (dkg.Group is not null)
        {
            return RefusalCode.DkgFinished;
        }

        if (session != dkg.Session)
        {
            return TryRestart(draft, kind, session) ? RefusalCode.None : RefusalCode.DkgSessionWrong;
        }

        DkgState.Member member = dkg[author];
        bool repeated = kind switch
        {
            EntryKind.DkgDeal => member.Dealt,
            EntryKind.DkgComplain => member.Complaints >= draft.Parent.Document.Committee.Count,
            _ => member.Confirmation is not null,
        };
        return repeated ? RefusalCode.DkgDuplicate : RefusalCode.None;
    }

    /// <summary>A dealing for the next session begins it when the running one has had its time. Its messages leave the record.</summary>
    private static bool TryRestart(BlockDraft draft, EntryKind kind, uint session)
    {
        DkgState dkg = draft.Dkg;
        bool overdue = dkg.Messages > 0 && draft.Now.Since(dkg.Started) > draft.Parameters.DkgTimeoutMs;
        if (kind != EntryKind.DkgDeal || !overdue || dkg.Session == uint.MaxValue || session != dkg.Session + 1)
        {
            return false;
        }

        for (uint place = 0; place < dkg.Messages; place++)
        {
            draft.Write(StateKeys.DkgMessage(dkg.Session, place), null);
        }

        draft.ChangeDkg().Restart(session, draft.Now);
        return true;
    }

    private static void Record(BlockDraft draft, DkgState dkg, DkgMessage message)
    {
        if (dkg.Messages == 0)
        {
            // The clock of a session runs from its first message: a network may stand long before it has enough members.
            dkg.Started = draft.Now;
        }

        draft.Write(StateKeys.DkgMessage(dkg.Session, dkg.Messages), message.Encode());
        dkg.Messages++;
    }
}
