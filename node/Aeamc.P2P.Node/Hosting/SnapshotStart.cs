using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Cryptography.Keys;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Node.Sync.Snapshots;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage;
using Aeamc.P2P.Storage.Store;
using Microsoft.Extensions.Logging;

namespace Aeamc.P2P.Node.Hosting;

/// <summary>The part of a start that comes before the node: when its store is to begin with a snapshot, fetches it, on a network of its own that is closed after it.</summary>
public static class SnapshotStart
{
    /// <summary>Returns at once when no snapshot is wanted.</summary>
    /// <exception cref="OperationCanceledException">The operator stopped the node; the next start goes on.</exception>
    public static async Task RunAsync(NodeConfig config, string storePath, ILogger logger, CancellationToken stopping)
    {
        using DataFolderLock folder = DataFolderLock.Acquire(config.DataDirectory);
        using NodeStore store = NodeStore.Open(storePath);
        if (!SnapshotBootstrap.IsWanted(store, config.StartsFromSnapshot))
        {
            return;
        }

        using Ed25519PrivateKey key = NodeKeyFile.Load(NodeHost.KeyPath(config));
        var foundation = new NetworkFoundation(GenesisFile.Load(config.GenesisFile));
        await using var network = new Libp2pHost(new Libp2pHostOptions
        {
            Identity = key,
            ListenAddresses = [.. config.P2PListen.Select(text => NetworkFoundation.Address("p2p.listen", text))],
            BootstrapPeers = [.. config.P2PPeers.Select(text => NetworkFoundation.Address("p2p.peers", text)), .. foundation.MemberAddresses(key.PublicKey)],
            Log = (_, text) => logger.Network(text),
        });
        await network.StartAsync(stopping);
        logger.FetchingSnapshot();
        Height? height = await SnapshotBootstrap.RunAsync(
            network, foundation.Context, foundation.Verifier, store, (member, reason) => logger.SourceDemoted(member.ToString(), reason), stopping);
        if (height is { } at)
        {
            logger.SnapshotHere(at.Value);
        }
        else
        {
            logger.NoSnapshot();
        }
    }
}
