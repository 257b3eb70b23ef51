using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>What a message must show before the core sees it.</summary>
internal static class VerificationMutations
{
    internal static IReadOnlyList<Mutation> List { get; } =
    [
        Consensus("vote-signature", "Verification", "a vote's signature is not checked",
            new Edit(Verifier, "return signatures.Verify(committee[vote.Voter], message, signature)\n", "return signatures.Verify(committee[vote.Voter], message, signature) || leaders is not null\n")),
        Consensus("vote-voter", "Verification", "a vote's voter need be no member",
            new Edit(Verifier, "if (!committee.Contains(vote.Voter))", "if (!committee.Contains(vote.Voter) && leaders is null)")),
        Consensus("proposal-leader", "3", "anybody may propose",
            new Edit(Verifier, "if (leaders.LeaderOf(statement.View) != proposal.Leader)", "if (leaders is null)")),
        Consensus("proposal-content", "3", "a proposal's content need not be its block's",
            new Edit(Verifier, "if (!content.Matches(proposal.Block, proposal.Content.Span))", "if (content is null)")),
        Consensus("proposal-signature", "3", "a proposal's signature is not checked",
            new Edit(Verifier, "        VerificationResult result = Check(proposal.Notarize);\n", "        VerificationResult result = Shape(statement);\n")),
        Consensus("certificate-signatures", "Verification", "a certificate's signatures are not checked",
            new Edit(Verifier, "if (!signatures.VerifyAll(keys, message, certificate.Signatures.Span))", "if (keys.Length == 0)")),
        Consensus("certificate-quorum", "Verification", "a certificate needs no quorum",
            new Edit(Verifier, "if (count < committee.Quorum)", "if (count == 0)")),
        Consensus("certificate-bitmap", "Verification", "a certificate's bitmap may name signers that do not exist",
            new Edit(Verifier, "if (!certificate.Signers.FitsCommittee(committee.Count) || certificate", "if (certificate")),
        Consensus("bitmap-length", "Verification", "a bitmap may be longer than the committee",
            new Edit(Bitmap, "if (_bits.Length != (members + 7) / 8)", "if (_bits.Length < (members + 7) / 8)")),
        Consensus("bitmap-unused-bits", "Verification", "bits beyond the committee count as signers",
            new Edit(Bitmap, "return used == 0 || _bits[^1] >> used == 0;", "return used >= 0;")),
        Consensus("statement-epoch", "Verification", "statements of other epochs are taken",
            new Edit(Verifier, "    private VerificationResult Shape(in Statement statement)\n    {\n        if (statement.Epoch != domain.Epoch)", "    private VerificationResult Shape(in Statement statement)\n    {\n        if (statement.Epoch != domain.Epoch && leaders is null)"),
            new Edit(Domain, "        Invariant.Check(statement.Epoch == Epoch);\n", "")),
        Consensus("statement-view", "Verification", "a block of another view than the statement's is taken",
            new Edit(Verifier, "sound = block.View == statement.View && block.ParentView < block.View", "sound = block.View == statement.View")),
        Consensus("statement-height", "Verification", "a block of height 0 is taken",
            new Edit(Verifier, "block.Height.Value is > 0 and < ulong.MaxValue && block.Hash", "block.Hash")),
        Consensus("domain-network", "Verification", "a vote counts in another network",
            new Edit(Domain, "        NetworkId.CopyTo(destination[16..]);\n", "        destination[16..48].Clear();\n")),
        Consensus("domain-cluster", "Verification", "a vote counts in another cluster",
            new Edit(Domain, "WriteUInt32BigEndian(destination[48..], ClusterId);", "WriteUInt32BigEndian(destination[48..], 0);")),
        Consensus("domain-epoch", "Verification", "a vote counts in another epoch",
            new Edit(Domain, "WriteUInt64BigEndian(destination[52..], Epoch.Value);", "WriteUInt64BigEndian(destination[52..], 0);")),
        Consensus("domain-view", "Verification", "a vote counts in another view",
            new Edit(Domain, "WriteUInt64BigEndian(destination[60..], statement.View.Value);", "WriteUInt64BigEndian(destination[60..], 0);")),
        Consensus("domain-kind", "Verification", "a Notarize counts as a Finalize",
            new Edit(Domain, "destination[68] = (byte)statement.Kind;", "destination[68] = 0;")),
        Consensus("domain-parent", "Verification", "a vote counts for the same hash on another parent",
            new Edit(Domain, "        block.ParentHash.CopyTo(destination[109..]);\n", "        destination[109..141].Clear();\n")),
        Consensus("domain-height", "Verification", "a vote counts for the same hash at another height",
            new Edit(Domain, "WriteUInt64BigEndian(destination[101..], block.Height.Value);", "WriteUInt64BigEndian(destination[101..], 0);")),
        Consensus("domain-parent-view", "Verification", "a vote counts for the same hash on a parent of another view",
            new Edit(Domain, "WriteUInt64BigEndian(destination[141..], block.ParentView.Value);", "WriteUInt64BigEndian(destination[141..], 0);")),
    ];
}
