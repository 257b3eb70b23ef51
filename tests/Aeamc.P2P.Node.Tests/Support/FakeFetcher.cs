using System.Collections.Concurrent;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Support;

/// <summary>Writes down what the chain asks for; the test answers, or not.</summary>
internal sealed class FakeFetcher : IChainFetcher
{
    public ConcurrentQueue<(IReadOnlyList<Hash256> Hashes, IReadOnlyList<NodeId> Likely)> Batches { get; } = [];

    public ConcurrentQueue<Hash256> Blocks { get; } = [];

    public ConcurrentQueue<Height> Ranges { get; } = [];

    public void FetchBatches(IReadOnlyList<Hash256> hashes, IReadOnlyList<NodeId> likely) => Batches.Enqueue((hashes, likely));

    public void FetchBlock(Hash256 hash, IReadOnlyList<NodeId> likely) => Blocks.Enqueue(hash);

    public void FetchRange(Height from, Height through, IReadOnlyList<NodeId> likely) => Ranges.Enqueue(from);
}
