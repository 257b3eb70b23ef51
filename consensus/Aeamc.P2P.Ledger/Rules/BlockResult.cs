using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>The result of applying a block.</summary>
/// <param name="State">The state after it.</param>
/// <param name="Outcomes">One per entry, in order.</param>
/// <param name="Changes">What storage writes in one batch, in ascending order of the key.</param>
/// <param name="HeldSettled">Phase-1 proofs of earlier entries whose wait ended in this block.</param>
/// <param name="ProofsCounted">Proofs that were counted by this block, those held before included.</param>
public sealed record BlockResult(
    LedgerState State,
    IReadOnlyList<EntryOutcome> Outcomes,
    IReadOnlyList<StateChange> Changes,
    IReadOnlyList<HeldSettlement> HeldSettled,
    int ProofsCounted);

/// <summary>How the wait of a held Phase-1 proof ended.</summary>
/// <param name="EntryId">The held entry.</param>
/// <param name="Counted">Counted, for a second proof confirmed the key; otherwise its unit went back.</param>
public readonly record struct HeldSettlement(Hash256 EntryId, bool Counted);
