using Aeamc.P2P.DeviceApi.V2;
using Aeamc.P2P.Testnet.Network;

namespace Aeamc.P2P.Testnet.Chains;

/// <summary>Where a run's checkpoints are anchored, and how to see that they are.</summary>
public abstract class AnchorChain : IAsyncDisposable
{
    /// <summary>The chain's name in the nodes' anchor events.</summary>
    public abstract string Name { get; }

    /// <summary>What nodes need to know of it; null for nothing.</summary>
    public virtual EvmSettings? Settings => null;

    /// <summary>The processes it consists of.</summary>
    public virtual IReadOnlyList<(string Name, int Id)> Processes => [];

    /// <summary>Called once the committee has a group key (33 bytes compressed, hexadecimal).</summary>
    public abstract Task UseGroupKeyAsync(string groupKey, string networkName, CancellationToken cancellation);

    /// <summary>Compares the chain's newest anchor with the nodes' blocks and checkpoints.</summary>
    /// <returns>What is wrong, in a sentence; null when it is right.</returns>
    public abstract Task<string?> FindFaultAsync(LocalTestnet testnet, CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();

    /// <summary>Whether a block hash is that of the nodes' finalized block; gives what is wrong, or null.</summary>
    protected static async Task<string?> CompareBlocksAsync(LocalTestnet testnet, ulong height, string blockHash, CancellationToken cancellation)
    {
        for (int i = 0; i < testnet.Count; i++)
        {
            BlockReply? block = await testnet.Monitors[i].BlockAsync(height, cancellation).ConfigureAwait(false);
            if (block?.Hash != blockHash)
            {
                return $"The anchor at height {height} names block {blockHash}, but node-{i} has {block?.Hash ?? "none"} there.";
            }
        }

        return null;
    }
}
