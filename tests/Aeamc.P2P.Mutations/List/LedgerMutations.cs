using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>What the ledger counts, and how often.</summary>
internal static class LedgerMutations
{
    private const string Proofs = "consensus/Aeamc.P2P.Ledger/Rules/ProofRules.cs";
    private const string ProofsV1 = "consensus/Aeamc.P2P.Ledger/Rules/ProofV1Rules.cs";
    private const string Leases = "consensus/Aeamc.P2P.Ledger/Rules/LeaseRules.cs";
    private const string Heartbeats = "consensus/Aeamc.P2P.Ledger/Rules/HeartbeatRules.cs";
    private const string Times = "consensus/Aeamc.P2P.Ledger/Rules/TimeRules.cs";
    private const string Tasks = "consensus/Aeamc.P2P.Ledger/Rules/TaskRules.cs";
    private const string Samples = "consensus/Aeamc.P2P.Ledger/Rules/SpotCheck.cs";
    private const string Dkg = "consensus/Aeamc.P2P.Ledger/Rules/DkgRules.cs";
    private const string DkgRecord = "consensus/Aeamc.P2P.Ledger/Dkg/DkgState.cs";
    private const string Anchors = "consensus/Aeamc.P2P.Ledger/Rules/AnchorRules.cs";
    private const string Validity = "consensus/Aeamc.P2P.Ledger/Entries/EntryValidity.cs";

    internal static IReadOnlyList<Mutation> List { get; } =
    [
        Ledger("entry-signature", "Entries", "an entry's signature is not checked",
            new Edit(Validity, "entry.Claim is not { } claim || verdicts.Verify(claim.Algorithm, claim.Key, claim.Message.Span, claim.Signature.Span)\n", "entry.Claim is not { } claim || verdicts is not null\n")),
        Ledger("proof-once", "Proofs", "a proof counts twice",
            new Edit(Proofs, "if (lease.Proven[proof.Unit - lease.First])", "if (lease.Proven[proof.Unit - lease.First] && draft.Parameters is null)")),
        Ledger("proof-recorded", "Proofs", "a counted proof is not recorded as proven",
            new Edit(Proofs, "        lease.Proven.Set(proof.Unit - lease.First);\n", "")),
        Ledger("proof-key", "Proofs", "a proof under another key than the device's counts",
            new Edit(Proofs, "if (device.Key != signer)", "if (draft.Parameters is null)")),
        Ledger("proof-lease", "Proofs", "a proof for a lease that the device does not hold counts",
            new Edit(Proofs, "if (device.Lease is not { } lease || lease.Id != proof.Lease)", "if (device.Lease is not { } lease)")),
        Ledger("proof-unit", "Proofs", "a proof of a unit that was not leased counts",
            new Edit(Proofs, "if (!lease.Covers(proof.Unit))", "if (draft.Parameters is null)")),
        Ledger("proof-expired", "Proofs", "a proof after the lease ran out counts",
            new Edit(Proofs, "if (!device.HasOpenLease(draft.Now))", "if (draft.Parameters is null)")),
        Ledger("proof-task", "Proofs", "a proof that names another task counts",
            new Edit(Proofs, "if (TaskUnit.Id(lease.PostId, proof.Unit) != proof.TaskId)", "if (draft.Parameters is null)")),
        Ledger("proof-checkpoint", "Proofs", "a proof with a wrong checkpoint counts",
            new Edit(Proofs, "if (TaskProof.CheckpointOf(proof.TaskId, proof.DeviceNonce, proof.TraceRoot) != proof.Checkpoint)", "if (draft.Parameters is null)")),
        Ledger("proof-recomputed", "Proofs", "a sampled proof is not recomputed",
            new Edit(Samples, "return result.Output == output && (traceRoot is null || result.TraceRoot == traceRoot);", "return result.Output is { } recomputed && recomputed == result.Output;")),
        Ledger("proof-trace", "Proofs", "a sampled proof's trace is not compared",
            new Edit(Samples, "return result.Output == output && (traceRoot is null || result.TraceRoot == traceRoot);", "return result.Output == output;")),
        Ledger("time-ahead", "Time", "an entry from the future counts",
            new Edit(Times, "if (stated.Since(draft.Now) > draft.Parameters.ProofMaxAheadMs)", "if (draft.Parameters is null)")),
        Ledger("time-expired", "Time", "an entry long past counts",
            new Edit(Times, "return draft.Now.Since(stated) > draft.Parameters.ProofMaxAgeMs ? RefusalCode.TimestampExpired : RefusalCode.None;", "return RefusalCode.None;")),
        Ledger("heartbeat-replayed", "Heartbeats", "a heartbeat counts twice",
            new Edit(Heartbeats, "if (heartbeat.Timestamp <= device.HeartbeatClock)", "if (heartbeat.Timestamp < device.HeartbeatClock)")),
        Ledger("heartbeat-interval", "Heartbeats", "heartbeats count however fast they come",
            new Edit(Heartbeats, "device.Heartbeats.Count > 0 && draft.Now", "device.Heartbeats.Count < 0 && draft.Now")),
        Ledger("heartbeat-key", "Heartbeats", "a heartbeat under another key counts",
            new Edit(Heartbeats, "if (device.Key != signer)", "if (draft.Parameters is null)")),
        Ledger("lease-replayed", "Leases", "a lease request is served twice",
            new Edit(Leases, "if (request.Timestamp <= device.LeaseClock)", "if (draft.Parameters is null)")),
        Ledger("lease-key", "Leases", "a lease request under another key is served",
            new Edit(Leases, "if (device.Key != signer)", "if (draft.Parameters is null)")),
        Ledger("lease-unfinished", "Leases", "a second lease is granted while one is open",
            new Edit(Leases, "        if (device.Lease is { IsOpen: true })\n        {\n            return RefusalCode.LeaseUnfinished;\n        }\n\n", "")),
        Ledger("lease-blocked", "Leases", "a blocked device gets a lease",
            new Edit(Leases, "if (draft.Now < device.BlockedUntil)", "if (draft.Parameters is null)")),
        Ledger("lease-heartbeats", "Leases", "a device that was not heard gets a lease",
            new Edit(Leases, "if ((ulong)device.HeartbeatsWithin(draft.Now, draft.Parameters.HeartbeatWindowMs) < draft.Parameters.HeartbeatsRequired)", "if (draft.Parameters is null)")),
        Ledger("lease-score", "Leases", "a device below the score gate gets a lease",
            new Edit(Leases, "return device.Score.TenThousandths < draft.Parameters.ScoreGate ? RefusalCode.ScoreBelowGate : RefusalCode.None;", "return RefusalCode.None;")),
        Ledger("task-once", "Tasks", "one post makes two tasks",
            new Edit(Tasks, "if (draft.Task(entryId) is not null)", "if (draft.Task(entryId) is { HasWork: false })")),
        Ledger("task-requester", "Tasks", "anybody may post a task",
            new Edit(Tasks, "if (!draft.Parent.Document.Requesters.Contains(signer))", "if (draft.Parameters is null)")),
        Ledger("dkg-member", "Key generation", "anybody may post to the key generation",
            new Edit(Dkg, "if (!MemberRules.TryFind(draft, signer, out author))", "if (!MemberRules.TryFind(draft, signer, out author) && draft.Parameters is null)")),
        Ledger("dkg-quorum", "Key generation", "a key is in force before t + f members have confirmed it",
            new Edit(Dkg, "return threshold + faulty;", "return threshold;")),
        Ledger("dkg-same-key", "Key generation", "confirmations of different keys count together",
            new Edit(DkgRecord, "\n                && other.GroupKey.AsSpan().SequenceEqual(confirmation.GroupKey))", ")")),
        Ledger("dkg-same-transcript", "Key generation", "confirmations of different transcripts count together",
            new Edit(DkgRecord, "\n                && other.Transcript == confirmation.Transcript\n", "\n")),
        Ledger("dkg-once", "Key generation", "a member posts twice in one phase",
            new Edit(Dkg, "return repeated ? RefusalCode.DkgDuplicate : RefusalCode.None;", "return repeated && draft.Parameters is null ? RefusalCode.DkgDuplicate : RefusalCode.None;")),
        Ledger("dkg-finished", "Key generation", "a key that is in force is replaced",
            new Edit(Dkg, "if (dkg.Group is not null)", "if (dkg.Group is not null && draft.Parameters is null)")),
        Ledger("dkg-session", "Key generation", "posts of another session count in this one",
            new Edit(Dkg, "if (session != dkg.Session)", "if (session > dkg.Session)")),
        Ledger("dkg-overdue", "Key generation", "a session is thrown away before its time is over",
            new Edit(Dkg, "|| !overdue || dkg.Session", "|| dkg.Session")),
        Ledger("anchor-member", "Anchors", "anybody may report an anchor",
            new Edit(Anchors, "if (!MemberRules.TryFind(draft, signer, out _))", "if (draft.Parameters is null)")),
        Ledger("anchor-ahead", "Anchors", "an anchor of a block that does not exist yet is taken",
            new Edit(Anchors, "if (anchor.Height >= draft.Context.Height)", "if (draft.Parameters is null)")),
        Ledger("proof-v1-once", "Proofs", "a Phase-1 proof counts twice",
            new Edit(ProofsV1, "if (lease.Proven[0])", "if (lease.Proven[0] && draft.Parameters is null)")),
        Ledger("proof-v1-signature", "Proofs", "a trusted Phase-1 device's signature is not checked",
            new Edit(ProofsV1, "if (!draft.Ports.Signatures.Verify(SignatureAlgorithm.Es256Der, key, text, proof.Signature))", "if (text.Length == 0)")),
        Ledger("proof-v1-other-key", "Proofs", "another key takes over a device on probation",
            new Edit(ProofsV1, "(false, false) => RefusalCode.KeyMismatch,", "(false, false) => RefusalCode.None,")),
    ];
}
