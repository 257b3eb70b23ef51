using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>
/// The equivocation that this node has seen and that no block records yet, held until a finalized block convicts the offender or it is too old. One piece for
/// each offender is all that the ledger takes, so there are no more than members. What is held here the host keeps on its disk. Not safe for concurrent calls.
/// </summary>
public sealed class PendingEvidence(ChainContext context)
{
    private readonly SortedDictionary<NodeIndex, EquivocationEvidence> _held = [];

    /// <summary>How many members there is evidence against that no block records.</summary>
    public int Count => _held.Count;

    /// <summary>Takes back what the host had on its disk; its signatures have been checked.</summary>
    public void Restore(EquivocationEvidence evidence) => _held[evidence.Offender] = evidence;

    /// <summary>Takes evidence that the core has found; true when it is to be kept and reported.</summary>
    public bool Add(EquivocationEvidence evidence, LedgerState state) => !IsRecorded(evidence, state) && _held.TryAdd(evidence.Offender, evidence);

    /// <summary>Lets go of what the state records or no block takes any more; gives those offenders.</summary>
    /// <param name="state">The state after the last committed block.</param>
    /// <param name="block">That block's view.</param>
    public IReadOnlyList<NodeIndex> Settle(LedgerState state, View block)
    {
        List<NodeIndex> settled = [.. _held.Values.Where(evidence => IsRecorded(evidence, state) || EvidenceRules.IsExpired(evidence.View, block)).Select(evidence => evidence.Offender)];
        settled.ForEach(offender => _held.Remove(offender));
        return settled;
    }

    /// <summary>What is still to be reported, by offender.</summary>
    public IReadOnlyList<EquivocationEvidence> Open => [.. _held.Values];

    private bool IsRecorded(EquivocationEvidence evidence, LedgerState state) =>
        state.Misconduct(context.Committee[evidence.Offender]) is { } record && record.Epoch >= evidence.Epoch;
}
