using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// The ledger's transition function: a parent state, a block and nothing else decide the next state, on every node alike. Holds no state of its own.
/// </summary>
public sealed class LedgerMachine(LedgerPorts ports)
{
    /// <summary>
    /// Applies a block whose entries passed <see cref="EntryValidity"/>. An entry that the state does not allow is refused with a code and changes nothing
    /// (but the reputation of a device that lied); the block stays valid.
    /// </summary>
    /// <exception cref="InvariantException">The block does not follow on the parent state.</exception>
    public BlockResult Apply(LedgerState parent, BlockContext context, IReadOnlyList<BlockEntry> entries)
    {
        Invariant.Check(context.Height == parent.Height.Next);
        Invariant.Check(context.Timestamp >= parent.Time);
        var draft = new BlockDraft(parent, context, ports, recomputes: true);
        ExpiryRules.Run(draft);
        var outcomes = new EntryOutcome[entries.Count];
        for (int index = 0; index < outcomes.Length; index++)
        {
            BlockEntry entry = entries[index];
            RefusalCode code = entry.Entry.Kind.IsV1() && parent.IndexOf(entry.Author) is null
                ? RefusalCode.NotAMember
                : ApplyEntry(draft, entry.Entry, (uint)index);
            outcomes[index] = new EntryOutcome(entry.Entry.Id, entry.Entry.Kind, code);
            Count(draft.Counters, outcomes[index]);
        }

        (LedgerState state, StateChange[] changes) = draft.Commit();
        int counted = (int)(draft.Counters.ProofsCounted - parent.Counters.ProofsCounted);
        return new BlockResult(state, outcomes, changes, draft.Settled, counted);
    }

    /// <summary>
    /// What would become of an entry in a block made now: the same rules and the same codes, but that no proof is recomputed. For a node to refuse early;
    /// the ledger decides.
    /// </summary>
    public RefusalCode Precheck(LedgerState state, DecodedEntry entry, Timestamp now)
    {
        Timestamp time = now < state.Time ? state.Time : now;
        var draft = new BlockDraft(state, new BlockContext(state.Height.Next, time, Hash256.Zero), ports, recomputes: false);
        return ApplyEntry(draft, entry, 0);
    }

    /// <summary>Whether an entry that is evidence proves what it says (<see cref="EntryValidity.IsProven"/>); true of every other kind.</summary>
    public bool IsProven(DecodedEntry entry) => EntryValidity.IsProven(entry, ports.Evidence);

    private static RefusalCode ApplyEntry(BlockDraft draft, DecodedEntry entry, uint index) => entry.Payload switch
    {
        TaskProof payload => ProofRules.Apply(draft, payload, KeyOf(entry)),
        TaskProofV1 payload => ProofV1Rules.Apply(draft, entry.Id, payload),
        Heartbeat payload => HeartbeatRules.Apply(draft, payload, KeyOf(entry)),
        HeartbeatV1 payload => HeartbeatRules.Apply(draft, payload),
        LeaseRequest payload => LeaseRules.Apply(draft, entry.Id, payload, KeyOf(entry)),
        LeaseRequestV1 payload => LeaseRules.Apply(draft, entry.Id, payload),
        DeviceRegistration payload => RegistrationRules.Apply(draft, payload, KeyOf(entry)),
        TaskPost payload => TaskRules.Apply(draft, entry.Id, index, payload, KeyOf(entry)),
        DkgPost payload => DkgRules.Apply(draft, payload, KeyOf(entry)),
        DkgConfirmation payload => DkgRules.Apply(draft, payload, KeyOf(entry)),
        AnchorRecord payload => AnchorRules.Apply(draft, payload, KeyOf(entry)),
        EvidenceReport payload => EvidenceRules.Apply(draft, entry.Id, payload, KeyOf(entry)),
        _ => throw Invariant.Fail($"no rule for {entry.Payload.GetType().Name}"),
    };

    private static PublicKey KeyOf(DecodedEntry entry)
    {
        Invariant.Check(entry.Claim is not null);
        return entry.Claim.Key;
    }

    private static void Count(LedgerCounters counters, EntryOutcome outcome)
    {
        if (outcome.Status == EntryStatus.Refused)
        {
            counters.EntriesRefused++;
            counters.ProofsRefused += outcome.Kind.IsProof() ? 1UL : 0;
        }
    }
}
