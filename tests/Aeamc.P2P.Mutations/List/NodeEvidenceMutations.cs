using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>Evidence on its way through a node: seen at the door, kept on disk, proven before it enters a block.</summary>
internal static class NodeEvidenceMutations
{
    private const string Pool = "node/Aeamc.P2P.Node/Evidence/EvidencePool.cs";
    private const string Pending = "consensus/Aeamc.P2P.Blocks/Evidence/PendingEvidence.cs";
    private const string Heard = "consensus/Aeamc.P2P.Consensus/Evidence/HeardVotes.cs";
    private const string Network = "node/Aeamc.P2P.Node/Consensus/ConsensusNetwork.cs";
    private const string Port = "consensus/Aeamc.P2P.Blocks/Evidence/LedgerEvidenceVerifier.cs";
    private const string Intake = "node/Aeamc.P2P.Node/Ingress/BatchIntake.cs";
    private const string Rule = "Evidence";
    private static readonly string[] PoolTests = ["EvidencePoolTests"];
    private static readonly string[] NetworkTests = ["ConsensusNetworkTests"];
    private static readonly string[] BlockTests = ["EvidenceInBlocksTests"];
    private static readonly string[] IntakeTests = ["BatchIntakeTests"];

    internal static IReadOnlyList<Mutation> List { get; } =
    [
        Node("pool-kept", Rule, "evidence is not put on disk", PoolTests,
            new Edit(Pool, "            _store.PutMeta(KeyOf(evidence.Offender), evidence.Encode());\n", "")),
        Node("pool-loaded", Rule, "stored evidence is forgotten at a restart", PoolTests,
            new Edit(Pool, "                _held.Restore(evidence);", "                _ = evidence;")),
        Node("pool-verified", Rule, "stored evidence is believed unverified", PoolTests,
            new Edit(Pool, "VerificationResult result = evidence.Verify(verifier);", "VerificationResult result = verifier is null ? default : VerificationResult.Valid;")),
        Node("pool-offender", Rule, "stored evidence counts against whomever it is filed under", PoolTests,
            new Edit(Pool, "else if (evidence.Offender != member)", "else if (evidence.Offender != member && bytes.Length == 0)")),
        Node("pool-told", Rule, "stored evidence that is of no use is dropped without a word", PoolTests,
            new Edit(Pool, "                _unreadable.Add(member, new UnreadableEvidence(member, key, why));", "                _ = why;")),
        Node("pool-convicted", Rule, "evidence against a convicted member is reported once more", PoolTests,
            new Edit(Pending, "=> !IsRecorded(evidence, state) && _held.TryAdd", "=> _held.TryAdd")),
        Node("pool-settled", Rule, "evidence is reported for ever, recorded or not", PoolTests,
            new Edit(Pending, "IsRecorded(evidence, state) || EvidenceRules.IsExpired(evidence.View, block)", "EvidenceRules.IsExpired(evidence.View, block)")),
        Node("pool-expired", Rule, "evidence that no block takes any more is reported for ever", PoolTests,
            new Edit(Pending, "IsRecorded(evidence, state) || EvidenceRules.IsExpired(evidence.View, block)", "IsRecorded(evidence, state)")),
        Node("pool-dropped", Rule, "settled evidence stays on disk", PoolTests,
            new Edit(Pool, "                _store.DeleteMeta(KeyOf(offender));\n", "")),
        Consensus("heard-excludes", "14", "two votes that exclude each other pass as late ones",
            new Edit(Heard, "earlier is not null && EquivocationEvidence.KindOf(earlier.Statement, vote.Statement) is not null ? earlier : null;", "earlier is not null && KindsOfVotes == 0 ? earlier : null;")),
        Consensus("heard-bounded", "12", "votes of any view are remembered",
            new Edit(Heard, "if (view.Value > current.Value + 1 || view.Value + Views <= current.Value || vote", "if (vote")),
        Node("network-stranger", "Verification", "whoever connects may send consensus messages", NetworkTests,
            new Edit(Network, "if (!_members.TryGetValue(peer, out NodeId member))", "if (!_members.TryGetValue(peer, out NodeId member) && bytes.IsEmpty)")),
        Node("network-malformed", "Verification", "a malformed message is no offence", NetworkTests,
            new Edit(Network, "            _host.Penalise(peer, \"malformed_consensus_message\");", "            _ = peer;")),
        Node("network-relayed", "1", "a vote that somebody else sent counts as heard of its voter", NetworkTests,
            new Edit(Network, " && sender == vote.Voter ? vote", " && sender.Value <= ushort.MaxValue ? vote")),
        Node("network-late", "1", "a member whose votes come late counts as silent", NetworkTests,
            new Edit(Network, "                    _inputs.OfferFromPeer(new Input.MemberHeard(vote.Voter, vote.Statement.View));", "                    _ = own;")),
        Node("network-excluded", "14", "a late vote that excludes an earlier one never reaches the core", NetworkTests,
            new Edit(Network, "if (own is not null && Note(own) is { } excluded)", "if (own is not null && Note(own) is { } excluded && message is null)")),
        Node("network-excluded-first", "14", "of two votes that exclude each other only the later reaches the core", NetworkTests,
            new Edit(Network, "            Offer(excluded);\n", "            _ = excluded;\n")),
        Node("offence-stranger", Rule, "evidence may name a place that the committee does not have", BlockTests,
            new Edit(Port, "\n            || !verifier.Committee.Contains(decoded.Offender))", ")")),
        Node("offence-proven", Rule, "evidence that proves nothing may stand in a block", BlockTests,
            new Edit(Intake, " && entries.TrueForAll(entry => context.Ledger.IsProven(entry.Entry))", "")),
        Node("batch-author", "Entries", "anybody's batches are taken", IntakeTests,
            new Edit(Intake, "if (!context.Committee.TryIndexOf(batch.Author, out _))", "if (bytes.IsEmpty)")),
        Node("batch-signature", "Entries", "a batch's signature is not checked", IntakeTests,
            new Edit(Intake, "return Ed25519.Verify(author, signed, batch.Signature) || Refuse", "return author.Length == signed.Length || Refuse")),
        Node("batch-entries", "Entries", "a batch's entries are not checked", IntakeTests,
            new Edit(Intake, "valid = Array.TrueForAll(await verification.VerifyAsync(claims), verdict => verdict) &&", "valid = (await verification.VerifyAsync(claims)).Length >= 0 &&")),
    ];
}
