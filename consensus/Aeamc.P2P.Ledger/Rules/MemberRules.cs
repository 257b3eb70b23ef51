using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>Which keys speak for the committee.</summary>
internal static class MemberRules
{
    /// <summary>The committee member whose key this is.</summary>
    public static bool TryFind(BlockDraft draft, PublicKey key, out NodeIndex member)
    {
        NodeIndex? found = key.TryToNodeId(out NodeId node) ? draft.Parent.IndexOf(node) : null;
        member = found.GetValueOrDefault();
        return found is not null;
    }
}
