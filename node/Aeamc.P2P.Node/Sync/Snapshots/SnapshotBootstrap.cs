using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Sync.Snapshots;

/// <summary>
/// Before a node starts: when its store is empty, or nobody keeps its next block any more, and its operator wants it, the store is filled from a snapshot. It
/// votes for nothing meanwhile and then starts as after any restart.
/// </summary>
public static class SnapshotBootstrap
{
    private const string WantedKey = "sync/snapshot-wanted";

    /// <summary>Whether this store is to begin with a snapshot.</summary>
    public static bool IsWanted(NodeStore store, bool allowed) =>
        store.Staging.IsImporting || (allowed && (store.Head is null || store.GetMeta(WantedKey) is not null));

    /// <summary>Nobody keeps the next block: the next start may begin with a snapshot.</summary>
    public static void Want(NodeStore store) => store.PutMeta(WantedKey, [1]);

    /// <summary>Fetches over a network that is up; gives the height that the store stands at then, or null when there is no snapshot yet.</summary>
    public static async Task<Height?> RunAsync(
        ILibp2pHost host, ChainContext context, MessageVerifier verifier, NodeStore store, Action<NodeId, string> onDemoted, CancellationToken stopping)
    {
        SnapshotServer.Register(host);
        var sources = new SyncSources(host, context, onDemoted);
        var sync = new SnapshotSync(host, context, sources, new FinalizationVerifier(verifier), store, stopping);
        Height? height = await sync.RunAsync();
        store.DeleteMeta(WantedKey);
        return height;
    }
}
