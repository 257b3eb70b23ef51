using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>What one peer says about the chain, to a node that catches up and to a light client: believed only as far as a quorum signed it.</summary>
internal static class RangeMutations
{
    private const string Ranges = "consensus/Aeamc.P2P.Blocks/Ranges/RangeVerifier.cs";
    private const string Content = "consensus/Aeamc.P2P.Blocks/BlockContent.cs";
    private const string Match = "consensus/Aeamc.P2P.Blocks/MicroblockContent.cs";
    private const string Finality = "consensus/Aeamc.P2P.Blocks/Sync/FinalizationVerifier.cs";
    private const string Checkpoint = "consensus/Aeamc.P2P.Consensus/Proofs/SignedCheckpoint.cs";
    private const string Receipt = "consensus/Aeamc.P2P.Consensus/Proofs/ReceiptProof.cs";
    private const string Inclusion = "consensus/Aeamc.P2P.Consensus/Proofs/InclusionProof.cs";
    private const string Chain = "consensus/Aeamc.P2P.Consensus/Proofs/ChainProof.cs";
    private const string Snapshot = "consensus/Aeamc.P2P.Consensus/Proofs/SnapshotProof.cs";
    private const string RangeRule = "Catching up";
    private const string ProofRule = "Light clients";
    private static readonly string[] Tests = ["ChainFetcherTests"];
    private static readonly string[] FinalityTests = ["FinalizationVerifierTests"];

    internal static IReadOnlyList<Mutation> List { get; } =
    [
        Node("range-height", RangeRule, "a range of other heights than those asked for is taken", Tests,
            new Edit(Ranges, "if (content.Header.Height != height)", "if (content.Header.Height != height && synced is not null)")),
        Node("range-linked", RangeRule, "blocks that are not linked by hash are taken", Tests,
            new Edit(Ranges, "if (previous is not null && content.Header.PreviousHash != previous.Hash)", "if (previous is not null && content is null)")),
        Node("range-closed", RangeRule, "a range that no quorum closes is taken", Tests,
            new Edit(Ranges, "return synced.Count == 0 || synced[^1].Finalization is null ? RangeFault.NotClosed : RangeFault.None;", "return synced.Count == 0 ? RangeFault.NotClosed : RangeFault.None;")),
        Node("range-empty", RangeRule, "an empty range is taken", Tests,
            new Edit(Ranges, "return synced.Count == 0 || synced[^1].Finalization is null ?", "return synced.Count > 0 && synced[^1].Finalization is null ?")),
        Node("range-batches", RangeRule, "a block comes without its batches", Tests,
            new Edit(Ranges, "if (blobs.Count != content.Payload.BatchHashes.Count)", "if (blobs.Count > content.Payload.BatchHashes.Count)")),
        Node("range-batch-hash", RangeRule, "a block comes with other batches than it names", Tests,
            new Edit(Ranges, " || batch.Hash != content.Payload.BatchHashes[i]", "")),
        Node("range-final-kind", RangeRule, "a notarization passes for a finalization", Tests,
            new Edit(Ranges, "message is Certificate { Kind: VoteKind.Finalize } certificate", "message is Certificate certificate")),
        Node("range-final-block", RangeRule, "another block's finalization closes the range", Tests,
            new Edit(Ranges, "certificate.Block.Hash == content.Hash && verifier", "content is not null && verifier")),
        Node("range-final-quorum", RangeRule, "a finalization is believed unverified", Tests,
            new Edit(Ranges, "verifier.Verify(certificate, out _) == VerificationResult.Valid", "verifier is not null")),
        Node("light-final-kind", ProofRule, "a notarization passes for a finalization", FinalityTests,
            new Edit(Finality, "message is Certificate { Kind: VoteKind.Finalize } finalization", "message is Certificate finalization")),
        Node("light-final-block", ProofRule, "another block's finalization proves a header final", FinalityTests,
            new Edit(Finality, "finalization.Block.Hash == header.ComputeHash() && ", "")),
        Node("light-final-height", ProofRule, "a finalization of another height proves a header final", FinalityTests,
            new Edit(Finality, " && finalization.Block.Height == header.Height", "")),
        Node("light-final-quorum", ProofRule, "a finalization is believed unverified", FinalityTests,
            new Edit(Finality, "verifier.Verify(finalization, out _) == VerificationResult.Valid", "verifier is not null")),
        Blocks("content-payload", "3", "a proposal's payload need not be the one that its header names",
            new Edit(Content, "\n            || header.PayloadHash != payload.Hash)", ")")),
        Blocks("content-hash", "3", "a proposal's content may be another block's",
            new Edit(Match, "        && decoded.Hash == block.Hash\n", "")),
        Blocks("content-height", "3", "a proposal may vote for its content at another height",
            new Edit(Match, "        && decoded.Header.Height == block.Height\n", "")),
        Blocks("content-view", "3", "a proposal may vote for its content in another view",
            new Edit(Match, "        && decoded.Header.View == block.View\n", "")),
        Blocks("content-parent", "3", "a proposal may vote for its content on another parent",
            new Edit(Match, "\n        && decoded.Header.PreviousHash == block.ParentHash;", ";")),
        Consensus("checkpoint-network", ProofRule, "a checkpoint of another network is believed",
            new Edit(Checkpoint, "if (Checkpoint.NetworkId != trust.NetworkId || Checkpoint", "if (Checkpoint")),
        Consensus("checkpoint-cluster", ProofRule, "a checkpoint of another cluster is believed",
            new Edit(Checkpoint, " || Checkpoint.ClusterId != trust.ClusterId)", ")")),
        Consensus("checkpoint-key", ProofRule, "a checkpoint is believed under the key that it brings",
            new Edit(Checkpoint, "if (!GroupKey.SequenceEqual(trust.GroupKey.Span))", "if (GroupKey.IsEmpty)")),
        Consensus("checkpoint-signature", ProofRule, "a checkpoint's signature is not checked",
            new Edit(Checkpoint, "return signatures.Verify(GroupKey, Checkpoint.SigningHash(), Signature) ?", "return signatures is not null ?")),
        Consensus("receipt-cluster", ProofRule, "a receipt of another cluster is believed",
            new Edit(Receipt, "Header.ClusterId == trust.ClusterId ? Inclusion.Verify(Entry, Header) : ProofVerdict.WrongNetwork;", "trust is null ? ProofVerdict.WrongNetwork : Inclusion.Verify(Entry, Header);")),
        Consensus("receipt-final", ProofRule, "a receipt's finalization is not checked",
            new Edit(Receipt, "return finalizations.Verify(Header, certificate.Span) ?", "return certificate.Length > 0 ?")),
        Consensus("receipt-entry", ProofRule, "an entry need not be in the block",
            new Edit(Inclusion, " && root == header.EntriesRoot\n", "\n")),
        Consensus("receipt-entries", ProofRule, "a receipt may lie about how many entries the block has",
            new Edit(Inclusion, "if (Count != header.ReceiptCount)", "if (Count == 0)")),
        Consensus("receipt-chain", ProofRule, "a block need not be in the chain",
            new Edit(Chain, " && root == chainRoot\n", "\n")),
        Consensus("snapshot-final", ProofRule, "a snapshot's finalization is not checked",
            new Edit(Snapshot, "return finalizations.Verify(last, Finalization.Span) ?", "return Finalization.Length > 0 ?")),
        Consensus("snapshot-linked", ProofRule, "a snapshot's headers need not be linked",
            new Edit(Snapshot, " && child.PreviousHash == parent.ComputeHash();", ";")),
        Consensus("snapshot-payload", ProofRule, "a snapshot's payload need not be its block's",
            new Edit(Snapshot, " || Header.PayloadHash != Payload.Hash || ", " || ")),
        Consensus("snapshot-mountains", ProofRule, "a snapshot's mountain range need not be the chain's",
            new Edit(Snapshot, "if (Mountains.Count != Header.Height.Value + 1 || Mountains.Root != Following[0].ChainRoot)", "if (Mountains.Count != Header.Height.Value + 1)")),
    ];
}
