using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Chain;

/// <summary>Gets from other members what this node misses. Calls return at once; results come back to the chain, if at all; repeated asks are merged.</summary>
public interface IChainFetcher
{
    /// <summary>Asks for batches by hash, first from <paramref name="likely"/>.</summary>
    void FetchBatches(IReadOnlyList<Hash256> hashes, IReadOnlyList<NodeId> likely);

    /// <summary>Asks for a block that is not final yet, by hash.</summary>
    void FetchBlock(Hash256 hash, IReadOnlyList<NodeId> likely);

    /// <summary>Asks for the finalized blocks from one height up to another, which is known to be final. Asking again moves the end.</summary>
    void FetchRange(Height from, Height through, IReadOnlyList<NodeId> likely);
}
