using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>What makes a header valid on its parent.</summary>
internal static class BlockMutations
{
    private const string Rules = "consensus/Aeamc.P2P.Blocks/BlockRules.cs";
    private const string Actor = "node/Aeamc.P2P.Node/Chain/ChainActor.cs";
    private static readonly string[] Tests = ["BlockRulesTests"];
    private static readonly string[] ActorTests = ["ChainActorTests"];
    private static readonly string[] EvidenceTests = ["EvidenceInBlocksTests"];

    internal static IReadOnlyList<Mutation> List { get; } =
    [
        Node("block-cluster", "Header", "a block of another cluster is valid", Tests,
            new Edit(Rules, "header.ClusterId != context.Genesis.ClusterId || header.Epoch", "header.Epoch")),
        Node("block-epoch", "Header", "a block of another epoch is valid", Tests,
            new Edit(Rules, " || header.Epoch != context.Epoch || header.Height", " || header.Height")),
        Node("block-height", "Header", "a block of another height is valid", Tests,
            new Edit(Rules, " || header.Height != parent.Ref.Height.Next\n", "\n")),
        Node("block-view", "Header", "a block of a view before its parent's is valid", Tests,
            new Edit(Rules, " || header.View <= parent.Ref.View)", ")")),
        Node("block-parent", "Header", "a block on another parent is valid", Tests,
            new Edit(Rules, "            || header.PreviousHash != parent.Ref.Hash || header.View", "            || header.View")),
        Node("block-proposer", "Header", "a block by another than the view's leader is valid", Tests,
            new Edit(Rules, "if (header.Proposer != context.Leaders.LeaderOf(header.View))", "if (header.Proposer.Value == ushort.MaxValue)")),
        Node("block-time", "Header", "a block's time may stand still", Tests,
            new Edit(Rules, "if (header.Timestamp <= parent.Timestamp)", "if (header.Timestamp < parent.Timestamp)")),
        Node("block-parameters", "Header", "a block under other parameters is valid", Tests,
            new Edit(Rules, "if (header.ParametersHash != executed.State.Parameters.Hash())", "if (header.Height.Value == ulong.MaxValue)")),
        Node("block-state-root", "Header", "a block with another state root is valid", Tests,
            new Edit(Rules, "if (header.StateRoot != executed.State.Root)", "if (header.Height.Value == ulong.MaxValue)")),
        Node("block-chain-root", "Header", "a block with another chain root is valid", Tests,
            new Edit(Rules, "if (header.ChainRoot != executed.Mountains.Root)", "if (header.Height.Value == ulong.MaxValue)")),
        Node("block-beacon", "Header", "a block without a proof of its beacon is valid", Tests,
            new Edit(Rules, "return context.Beacon.Verify(context.Committee[header.Proposer], alpha, header.Beacon);", "return alpha.Length > 0;")),
        Node("block-proofs", "Header", "a block may lie about how many proofs it holds", Tests,
            new Edit(Rules, " || header.ReceiptCount != ReceiptsIn(entries) ?", " ?")),
        Node("block-evidence", "Evidence", "a block may hold any number of reports", EvidenceTests,
            new Edit(Rules, "        : EvidenceIn(entries) > EvidenceRules.MaximumPerBlock ? HeaderFault.TooMuchEvidence\n", "")),
        Node("block-ahead", "Header", "a block far ahead of this node's clock gets its vote", ActorTests,
            new Edit(Actor, ".Plus(ChainContext.MaximumDriftMilliseconds))", ".Plus(ulong.MaxValue / 4))")),
        Node("block-repeated-batch", "Header", "a block with a batch that an ancestor holds gets a vote", ActorTests,
            new Edit(Actor, "return pending.Content.Payload.BatchHashes.Any(held.Contains) ? HeaderFault.RepeatedBatch :", "return held.Count < 0 ? HeaderFault.RepeatedBatch :")),
        Node("block-available", "What a vote means", "votes for a block whose batches are not here", ActorTests,
            new Edit(Actor, "bool available = fault != HeaderFault.None || TryResolve(pending.Content, [pending.Leader], out _);", "bool available = fault != HeaderFault.None || TryResolve(pending.Content, [pending.Leader], out _) || pending is not null;")),
        Node("block-checked", "5", "certifies a block before its signatures are checked", ActorTests,
            new Edit(Actor, "if (!trusted && batches.Any(batch => batch.Verdict == BatchVerdict.Pending))", "if (!trusted && batches.Count < 0)"),
            new Edit(Actor, "string fault = batches.Any(batch => batch.Verdict == BatchVerdict.Invalid) ?", "string fault = batches.Count < 0 ?")),
        Node("block-executed-header", "5", "certifies a block whose header is wrong", ActorTests,
            new Edit(Actor, "            : CheckHeader(block, parent) is var wrong and not HeaderFault.None ? ViewDetail.Of(wrong)\n", "")),
        Node("block-executed-entries", "5", "certifies a block whose entries are not those of its header", ActorTests,
            new Edit(Actor, "            : ViewDetail.Of(BlockRules.CheckEntries(header, entries));", "            : ViewDetail.None;")),
        Node("synced-header", "Catching up", "goes on with a finalized block that does not fit its chain", ActorTests,
            new Edit(Actor, "HeaderFault fault = BlockRules.CheckWithoutBeacon(_context, synced.Content.Header, parent);", "HeaderFault fault = parent is null ? HeaderFault.WrongPlace : HeaderFault.None;")),
        Node("synced-entries", "Catching up", "goes on with a finalized block whose entries are not those of its header", ActorTests,
            new Edit(Actor, "            fault = BlockRules.CheckEntries(synced.Content.Header, synced.Entries);", "            fault = HeaderFault.None;")),
        Node("block-entries", "Header", "a block with other entries than its root says is valid", Tests,
            new Edit(Rules, "header.EntriesRoot != EntriesRootOf(entries) || header.ReceiptCount", "header.ReceiptCount")),
    ];
}
