namespace Aeamc.P2P.Ledger;

/// <summary>Anchors that members saw, for information: one per height and chain.</summary>
internal static class AnchorRules
{
    public static RefusalCode Apply(BlockDraft draft, AnchorRecord anchor, PublicKey signer)
    {
        if (!MemberRules.TryFind(draft, signer, out _))
        {
            return RefusalCode.NotAMember;
        }

        if (anchor.Height >= draft.Context.Height)
        {
            return RefusalCode.AnchorAhead;
        }

        byte[] key = StateKeys.Anchor(anchor.ChainId, anchor.Height);
        if (draft.TryRead(key, out _))
        {
            return RefusalCode.AnchorDuplicate;
        }

        draft.Write(key, anchor.Transaction.ToArray());
        draft.Counters.Anchors++;
        draft.Counters.AnchoredHeight = Math.Max(draft.Counters.AnchoredHeight, anchor.Height.Value);
        return RefusalCode.None;
    }
}
