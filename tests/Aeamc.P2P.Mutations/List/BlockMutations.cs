using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>What makes a header valid on its parent.</summary>
internal static class BlockMutations
{
    private const string Rules = "consensus/Aeamc.P2P.Blocks/BlockRules.cs";
    private static readonly string[] Tests = ["BlockRulesTests"];

    internal static IReadOnlyList<Mutation> List { get; } =
    [
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
            new Edit(Rules, "return Ecvrf.Verify(key, alpha, header.Beacon.ToArray(), out _);", "return alpha.Length > 0;")),
        Node("block-entries", "Header", "a block with other entries than its root says is valid", Tests,
            new Edit(Rules, "header.EntriesRoot == EntriesRootOf(entries) && header.ReceiptCount", "header.ReceiptCount")),
    ];
}
