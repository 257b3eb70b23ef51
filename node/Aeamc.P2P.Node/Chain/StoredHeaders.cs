using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Chain;

/// <summary>Headers out of the store.</summary>
public static class StoredHeaders
{
    /// <summary>A finalized block's header; null when it is not kept.</summary>
    public static MicroblockHeader? Header(this NodeStore store, Height height) =>
        store.GetHeader(height) is { } bytes && MicroblockHeader.TryDecode(bytes, out MicroblockHeader? header) ? header : null;
}
