namespace Aeamc.P2P.Mutations.List;

/// <summary>Short names for the files and test projects that the lists speak of.</summary>
internal static class Source
{
    internal const string CoreEvidence = "consensus/Aeamc.P2P.Consensus/Simplex/SimplexCore.Evidence.cs";
    internal const string Core = "consensus/Aeamc.P2P.Consensus/Simplex/SimplexCore.cs";
    internal const string Certificates = "consensus/Aeamc.P2P.Consensus/Simplex/SimplexCore.Certificates.cs";
    internal const string Proposals = "consensus/Aeamc.P2P.Consensus/Simplex/SimplexCore.Proposals.cs";
    internal const string Recovery = "consensus/Aeamc.P2P.Consensus/Simplex/SimplexCore.Recovery.cs";
    internal const string Relays = "consensus/Aeamc.P2P.Consensus/Simplex/SimplexCore.Relays.cs";
    internal const string Views = "consensus/Aeamc.P2P.Consensus/Simplex/SimplexCore.Views.cs";
    internal const string ViewState = "consensus/Aeamc.P2P.Consensus/Simplex/ViewState.cs";
    internal const string Guard = "consensus/Aeamc.P2P.Consensus/Safety/VoteGuard.cs";
    internal const string Recovered = "consensus/Aeamc.P2P.Consensus/Safety/RecoveredState.cs";
    internal const string CoreMark = "consensus/Aeamc.P2P.Consensus/Safety/Watermark.cs";
    internal const string Tally = "consensus/Aeamc.P2P.Consensus/Votes/VoteTally.cs";
    internal const string Verifier = "consensus/Aeamc.P2P.Consensus/Votes/MessageVerifier.cs";
    internal const string Codec = "consensus/Aeamc.P2P.Consensus/Votes/ConsensusMessageCodec.cs";
    internal const string Domain = "consensus/Aeamc.P2P.Consensus/Votes/SigningDomain.cs";
    internal const string Bitmap = "consensus/Aeamc.P2P.Consensus/Votes/SignerBitmap.cs";
    internal const string Committee = "consensus/Aeamc.P2P.Consensus/Committees/Committee.cs";
    internal const string Evidence = "consensus/Aeamc.P2P.Consensus/Evidence/EquivocationEvidence.cs";

    internal static Mutation Consensus(string id, string rule, string removed, params Edit[] edits) =>
        new(id, rule, removed, "Aeamc.P2P.Consensus.Tests", [], edits);

    internal static Mutation Blocks(string id, string rule, string removed, params Edit[] edits) =>
        new(id, rule, removed, "Aeamc.P2P.Blocks.Tests", [], edits);

    internal static Mutation Ledger(string id, string rule, string removed, params Edit[] edits) =>
        new(id, rule, removed, "Aeamc.P2P.Ledger.Tests", [], edits);

    internal static Mutation Storage(string id, string rule, string removed, params Edit[] edits) =>
        new(id, rule, removed, "Aeamc.P2P.Storage.Tests", ["ConsensusLogTests", "ConsensusLogDamageTests", "DataFolderLockTests", "FullDiskTests", "PowerCutTests", "SignerWatermarkTests"], edits);

    internal static Mutation Threshold(string id, string rule, string removed, params Edit[] edits) =>
        new(id, rule, removed, "Aeamc.P2P.Threshold.Tests", [], edits);

    /// <summary>The node's tests take minutes altogether, so each mutation names the classes that are to notice.</summary>
    internal static Mutation Node(string id, string rule, string removed, string[] classes, params Edit[] edits) =>
        new(id, rule, removed, "Aeamc.P2P.Node.Tests", classes, edits);
}
