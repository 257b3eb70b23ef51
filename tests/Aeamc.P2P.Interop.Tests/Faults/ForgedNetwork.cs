using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Cryptography.Keys;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Node.Hosting;
using Aeamc.P2P.Node.Ingress;
using Aeamc.P2P.Node.Metrics;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;
using Aeamc.P2P.Testnet.Network;

namespace Aeamc.P2P.Interop.Tests.Faults;

/// <summary>
/// Puts a long history into the data folders of nodes that do not run yet, written by the node's own parts: a valid chain that would have taken hours to make
/// live. Linked into the benchmarks.
/// </summary>
internal sealed class ForgedNetwork : IDisposable
{
    private readonly LocalTestnet _testnet;

    public ForgedNetwork(LocalTestnet testnet)
    {
        _testnet = testnet;
        Foundation = new NetworkFoundation(GenesisFile.Load(Path.Combine(testnet.Folder, "genesis.json")));
        Keys = [.. Enumerable.Range(0, testnet.Count).Select(node => NodeKeyFile.Load(Path.Combine(testnet.DataFolder(node), "node.key")))];
    }

    public NetworkFoundation Foundation { get; }

    public Ed25519PrivateKey[] Keys { get; }

    public string StoreFolder(int node) => Path.Combine(_testnet.DataFolder(node), "store");

    /// <summary>Gives the first of the nodes a chain of so many blocks, and the others a copy.</summary>
    /// <param name="blocks">How many.</param>
    /// <param name="interval">Chain time between two blocks.</param>
    /// <param name="nodes">The nodes.</param>
    public Task ForgeAsync(int blocks, TimeSpan interval, params int[] nodes) => ForgeAsync(blocks, interval, static _ => [], nodes);

    /// <summary>The same with something in the blocks.</summary>
    /// <param name="blocks">How many.</param>
    /// <param name="interval">Chain time between two blocks.</param>
    /// <param name="work">The next block's batches.</param>
    /// <param name="nodes">The nodes.</param>
    public async Task ForgeAsync(int blocks, TimeSpan interval, Func<ForgedChain, Batch[]> work, params int[] nodes)
    {
        using (NodeStore store = NodeStore.Open(StoreFolder(nodes[0])))
        {
            await FillAsync(store, blocks, interval, work);
            foreach (int node in nodes[1..])
            {
                store.Snapshot(StoreFolder(node));
            }
        }
    }

    public void Dispose() => Array.ForEach(Keys, key => key.Dispose());

    private async Task FillAsync(NodeStore store, int blocks, TimeSpan interval, Func<ForgedChain, Batch[]> work)
    {
        ChainContext context = Foundation.Context;
        var forged = new ForgedChain(context, Keys, store);
        (ChainBlock head, FinalizedHead view) = ChainStartup.Load(store, context.Genesis, context.GenesisHash);
        var faults = new TaskCompletionSource<Exception>();
        using var committer = new ChainCommitter(store, new WaitingEntries(TimeProvider.System, new LatencyHistogram()), view, sync: false, fault => faults.TrySetResult(fault));
        using var chain = new ChainActor(
            context, store, new Node.Consensus.InputQueue(), new BlockBuilder(context, Keys[0], new NodeIndex(0), new BlockPace(TimeSpan.Zero, TimeSpan.Zero), TimeProvider.System),
            committer, head, TimeProvider.System, fault => faults.TrySetResult(fault));
        chain.Start(new NothingFetched(), _ => false);
        for (int done = 0; done < blocks; done += 256)
        {
            await chain.RangeFetchedAsync([.. Enumerable.Range(0, Math.Min(256, blocks - done)).Select(i => forged.Next(interval, closed: (done + i) % 5 != 2 || done + i == blocks - 1, work(forged)))]);
        }

        if (faults.Task.IsCompleted)
        {
            throw new InvalidOperationException("The chain could not be made.", await faults.Task);
        }
    }

    private sealed class NothingFetched : IChainFetcher
    {
        public void FetchBatches(IReadOnlyList<Hash256> hashes, IReadOnlyList<NodeId> likely)
        {
        }

        public void FetchBlock(Hash256 hash, IReadOnlyList<NodeId> likely)
        {
        }

        public void FetchRange(Height from, Height through, IReadOnlyList<NodeId> likely)
        {
        }
    }
}
