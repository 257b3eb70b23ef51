using System.Collections.Concurrent;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Node.Ingress;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Sync;

/// <summary>
/// Asks members for what this node misses, the likeliest first and the next on failure. One ask per thing at a time; what a peer sends is
/// believed only as far as hashes and certificates prove it. Many blocks in a row are <see cref="RangeSync"/>'s.
/// </summary>
public sealed class ChainFetcher(ILibp2pHost host, SyncSources sources, RangeSync ranges, ChainActor chain, BatchIntake intake, CancellationToken stopping) : IChainFetcher
{
    private readonly ConcurrentDictionary<Hash256, bool> _asking = [];
    private long _failures;

    /// <summary>Requests that brought nothing usable.</summary>
    public long Failures => Interlocked.Read(ref _failures) + ranges.Failures;

    public void FetchBatches(IReadOnlyList<Hash256> hashes, IReadOnlyList<NodeId> likely)
    {
        Hash256[] fresh = [.. hashes.Where(hash => _asking.TryAdd(hash, true))];
        foreach (Hash256[] part in fresh.Chunk(SyncProtocol.MaximumBatches))
        {
            _ = RunAsync(() => FetchBatchesAsync(part, likely), part);
        }
    }

    public void FetchBlock(Hash256 hash, IReadOnlyList<NodeId> likely)
    {
        if (_asking.TryAdd(hash, true))
        {
            _ = RunAsync(() => FetchBlockAsync(hash, likely), [hash]);
        }
    }

    public void FetchRange(Height from, Height through, IReadOnlyList<NodeId> likely) => ranges.Start(from, through, likely);

    private async Task RunAsync(Func<Task> fetch, Hash256[] asked)
    {
        try
        {
            await fetch();
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
        finally
        {
            foreach (Hash256 hash in asked)
            {
                _asking.TryRemove(hash, out _);
            }
        }
    }

    private async Task FetchBatchesAsync(Hash256[] hashes, IReadOnlyList<NodeId> likely)
    {
        var missing = hashes.ToHashSet();
        foreach (PeerId peer in sources.Order(likely))
        {
            RequestResult result = await host.RequestAsync(peer, SyncProtocol.Batches, SyncProtocol.EncodeHashes([.. missing]), stopping);
            if (result.Status == RequestStatus.Ok && SyncProtocol.TryDecodeBlobs(result.Response, SyncProtocol.MaximumBatches, out List<ReadOnlyMemory<byte>>? blobs))
            {
                foreach (ReadOnlyMemory<byte> blob in blobs)
                {
                    // Only what was asked for is kept.
                    if (missing.Remove(Hash256.Of(blob.Span)))
                    {
                        intake.Take(blob.ToArray());
                    }
                    else
                    {
                        sources.Lied(peer, "batch_not_asked_for");
                    }
                }
            }

            if (missing.Count == 0)
            {
                return;
            }
        }

        Interlocked.Increment(ref _failures);
    }

    private async Task FetchBlockAsync(Hash256 hash, IReadOnlyList<NodeId> likely)
    {
        foreach (PeerId peer in sources.Order(likely))
        {
            RequestResult result = await host.RequestAsync(peer, SyncProtocol.Block, SyncProtocol.EncodeHashes([hash]), stopping);
            if (result.Status == RequestStatus.Ok)
            {
                if (SyncProtocol.TryDecodeBlobs(result.Response, 1, out List<ReadOnlyMemory<byte>>? blobs) && blobs is [var blob]
                    && BlockContent.TryDecode(blob.Span, out BlockContent? content) && content.Hash == hash)
                {
                    chain.BlockFetched(content);
                    return;
                }

                sources.Lied(peer, "block_not_asked_for");
            }
        }

        Interlocked.Increment(ref _failures);
    }
}
