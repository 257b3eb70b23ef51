using Aeamc.P2P.DeviceApi.V2;

namespace Aeamc.P2P.Testnet.Reporting;

/// <summary>Whether nodes hold the same chain at one height.</summary>
/// <param name="Height">The highest block that all nodes have.</param>
/// <param name="Fault">What differs, in a sentence; null when nothing does.</param>
public sealed record ChainComparison(ulong Height, string? Fault)
{
    public static ChainComparison NotMade { get; } = new(0, "The nodes' chains could not be compared: not every node answered.");

    public bool Equal => Fault is null;

    /// <summary>Compares each node's block at one height.</summary>
    /// <param name="height">The height.</param>
    /// <param name="blocks">Each node's block there; null when it has none or did not answer.</param>
    public static ChainComparison Of(ulong height, IReadOnlyList<BlockReply?> blocks)
    {
        for (int i = 0; i < blocks.Count; i++)
        {
            if (blocks[i] is not { } block)
            {
                return new ChainComparison(height, $"node-{i} has no block {height}.");
            }

            if (block.Hash != blocks[0]!.Hash || block.StateRoot != blocks[0]!.StateRoot)
            {
                return new ChainComparison(
                    height,
                    $"node-{i} has block {block.Hash} with state root {block.StateRoot} at height {height}, but node-0 has {blocks[0]!.Hash} with {blocks[0]!.StateRoot}.");
            }
        }

        return new ChainComparison(height, null);
    }

    /// <summary>Compares the states after blocks that several nodes ended at.</summary>
    /// <param name="heads">Each node's height, block hash and state root after that block.</param>
    public ChainComparison And(IReadOnlyList<(ulong Height, string BlockHash, string StateRoot)> heads)
    {
        if (Fault is not null)
        {
            return this;
        }

        var first = new Dictionary<ulong, int>();
        for (int i = 0; i < heads.Count; i++)
        {
            if (!first.TryAdd(heads[i].Height, i) && heads[first[heads[i].Height]] != heads[i])
            {
                return this with { Fault = $"node-{i} and node-{first[heads[i].Height]} are both at height {heads[i].Height} with different blocks or state roots." };
            }
        }

        return this;
    }
}
