using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>The threshold key: shares, nonces, complaints.</summary>
internal static class ThresholdMutations
{
    private const string Session = "consensus/Aeamc.P2P.Threshold/Frost/FrostSession.cs";
    private const string Nonce = "consensus/Aeamc.P2P.Threshold/Frost/SigningNonce.cs";
    private const string Signature = "consensus/Aeamc.P2P.Threshold/Frost/FrostSignature.cs";
    private const string Coordinator = "consensus/Aeamc.P2P.Threshold/Roast/RoastCoordinator.cs";
    private const string Signer = "consensus/Aeamc.P2P.Threshold/Roast/RoastSigner.cs";
    private const string Transcript = "consensus/Aeamc.P2P.Threshold/Dkg/DkgTranscript.cs";
    private const string Dealing = "consensus/Aeamc.P2P.Threshold/Dkg/Dealing.cs";

    internal static IReadOnlyList<Mutation> List { get; } =
    [
        Threshold("share-verified", "RFC 9591, 5.4", "a signature share is not verified",
            new Edit(Session, "return _group.MultiplyBase(signatureShare) == expected;", "return expected != default || !signatureShare.IsZero;")),
        Threshold("share-blamed", "ROAST", "a wrong share goes into the signature",
            new Edit(Coordinator, "if (!session.Frost.VerifyShare(from, signed.Share))", "if (signed.Share.IsZero)")),
        Threshold("nonce-spent", "RFC 9591, 5.2", "a nonce signs twice",
            new Edit(Nonce, "        Invariant.Check(!IsSpent);\n", ""),
            new Edit(Nonce, "        Dispose();\n", "")),
        Threshold("nonce-wiped", "RFC 9591, 5.2", "a nonce is not marked as spent when it signs",
            new Edit(Nonce, "        Dispose();\n", "")),
        Threshold("nonce-renewed", "ROAST", "a signer uses one nonce for two sessions",
            new Edit(Signer, "        slot.Nonce = SigningNonce.Generate(group, share, randomness);\n", "        _ = randomness.Length;\n")),
        Threshold("nonce-of-session", "RFC 9591, 5.2", "signs in a session that does not hold its commitment",
            new Edit(Session, "if (position < 0 || _commitments[position] != nonce.Commitment || share", "if (position < 0 || share")),
        Threshold("session-threshold", "RFC 9591, 5.2", "a session of fewer than t members",
            new Edit(Session, "if (commitments.Length < key.Threshold || commitments.Length", "if (commitments.Length == 0 || commitments.Length")),
        Threshold("session-order", "RFC 9591, 4.3", "a session with one member twice",
            new Edit(Session, "if (commitments[i].Member <= commitments[i - 1].Member)", "if (commitments[i].Member < commitments[i - 1].Member)")),
        Threshold("message-approved", "ROAST", "signs a message that the host has not approved",
            new Edit(Signer, "            return Refuse(decoded, RoastRefusal.NotApproved);", "            Approve(decoded.Message);\n            approval = Find(decoded.Message)!;")),
        Threshold("sessions-bounded", "ROAST", "one coordinator gets any number of sessions",
            new Edit(Signer, "if (slot.Sessions == MaxSessionsPerCoordinator)", "if (slot.Sessions < 0)")),
        Threshold("signature-range", "RFC 9591, 3.2", "a signature with z = 0 is read",
            new Edit(Signature, "            || z.IsZero)\n        {\n            return false;\n        }\n\n        signature", "            || bytes.IsEmpty)\n        {\n            return false;\n        }\n\n        signature")),
        Threshold("signature-verified", "RFC 9591, B", "a group signature is not verified",
            new Edit(Signature, "return !challenge.IsZero && group.MultiplyBase(Z) == group.Sum(R, group.Multiply(groupKey, challenge));", "return !challenge.IsZero;")),
        Threshold("dealing-secret", "Key generation", "a dealing needs no proof that its dealer knows the secret",
            new Edit(Dealing, "if (!secretProof.VerifyKnowledge(group, parameters, dealer, SecretTag, commitments[0])\n            || !ephemeralProof", "if (!ephemeralProof")),
        Threshold("dealing-ephemeral", "Key generation", "a dealing needs no proof that its dealer knows the ephemeral key",
            new Edit(Dealing, "\n            || !ephemeralProof.VerifyKnowledge(group, parameters, dealer, EphemeralTag, ephemeral))", ")")),
        Threshold("complaint-proof", "Key generation", "a complaint with a wrong proof disqualifies a dealer",
            new Edit(Transcript, "if (!item.Proof.VerifyEquality(group, Parameters, author, Parameters.EncryptionKeys[author.Value], dealing.Ephemeral, item.Shared))", "if (dealing is null)")),
        Threshold("complaint-false", "Key generation", "a complaint about a right share disqualifies its dealer",
            new Edit(Transcript, "                _falselyComplained[author.Value] = true;\n", "                _falselyComplained[author.Value] = true;\n                _disqualified[item.Dealer.Value] = true;\n")),
        Threshold("complaint-upheld", "Key generation", "a dealer of a wrong share stays qualified",
            new Edit(Transcript, "                _disqualified[item.Dealer.Value] = true;\n", "                _ = item;\n")),
        Threshold("confirmation-other", "Key generation", "a confirmation of another key counts",
            new Edit(Transcript, "if (confirmation != Outcome)", "if (confirmation != Outcome && Parameters.Members == 0)")),
        Threshold("confirmation-quorum", "Key generation", "the key is in force before all have confirmed",
            new Edit(Transcript, "_thresholdSuffices ? Parameters.Threshold : Parameters.Members", "_thresholdSuffices ? Parameters.Threshold : Parameters.Threshold")),
        Threshold("spoken-once", "Key generation", "a member speaks twice in one phase",
            new Edit(Transcript, "        : spoken ? DkgVerdict.Duplicate\n", "")),
    ];
}
