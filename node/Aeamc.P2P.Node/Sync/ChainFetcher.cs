using System.Collections.Concurrent;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Node.Ingress;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Sync;

/// <summary>
/// Asks members for what this node misses, the likeliest first and the next on failure. One ask per thing at a time; what a peer sends is
/// believed only as far as hashes and certificates prove it.
/// </summary>
public sealed class ChainFetcher(ILibp2pHost host, ChainContext context, MessageVerifier verifier, ChainActor chain, BatchIntake intake, CancellationToken stopping) : IChainFetcher
{
    private readonly ConcurrentDictionary<Hash256, bool> _asking = [];
    private int _ranging;
    private long _failures;

    /// <summary>Requests that brought nothing usable.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Whether finalized blocks are being fetched.</summary>
    public bool IsCatchingUp => Volatile.Read(ref _ranging) != 0;

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

    public void FetchRange(Height from, IReadOnlyList<NodeId> likely)
    {
        if (Interlocked.CompareExchange(ref _ranging, 1, 0) == 0)
        {
            _ = RunRangeAsync(from, likely);
        }
    }

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
        foreach (PeerId peer in Order(likely))
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
        foreach (PeerId peer in Order(likely))
        {
            RequestResult result = await host.RequestAsync(peer, SyncProtocol.Block, SyncProtocol.EncodeHashes([hash]), stopping);
            if (result.Status == RequestStatus.Ok && SyncProtocol.TryDecodeBlobs(result.Response, 1, out List<ReadOnlyMemory<byte>>? blobs) && blobs is [var blob]
                && BlockContent.TryDecode(blob.Span, out BlockContent? content) && content.Hash == hash)
            {
                chain.BlockFetched(content);
                return;
            }
        }

        Interlocked.Increment(ref _failures);
    }

    private async Task RunRangeAsync(Height from, IReadOnlyList<NodeId> likely)
    {
        bool fetched = false;
        try
        {
            foreach (PeerId peer in Order(likely))
            {
                RequestResult result = await host.RequestAsync(peer, SyncProtocol.Range, SyncProtocol.EncodeRangeRequest(from, SyncProtocol.MaximumBlocks), stopping);
                if (result.Status == RequestStatus.Ok && SyncProtocol.TryDecodeRange(result.Response, out List<RangeBlock>? blocks) && blocks.Count > 0
                    && Check(from, blocks) is { } synced)
                {
                    await chain.RangeFetchedAsync(synced);
                    fetched = true;
                    return;
                }
            }

            Interlocked.Increment(ref _failures);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
        finally
        {
            Volatile.Write(ref _ranging, 0);
            if (fetched)
            {
                // There may be more. After a failure the chain asks again in its own time, or it would ask without a pause.
                chain.Nudge();
            }
        }
    }

    /// <summary>Checks that the blocks are consecutive, complete, linked by hash and closed by a quorum's finalization; null when not.</summary>
    internal List<SyncedBlock>? Check(Height from, List<RangeBlock> blocks)
    {
        var synced = new List<SyncedBlock>();
        Hash256? previous = null;
        Height height = from;
        foreach (RangeBlock block in blocks)
        {
            if (!BlockContent.TryDecode(block.Content.Span, out BlockContent? content) || content.Header.Height != height
                || (previous is { } hash && content.Header.PreviousHash != hash) || Resolve(content, block.Batches) is not var (batches, entries))
            {
                return null;
            }

            Certificate? finalization = null;
            if (!block.Finalization.IsEmpty)
            {
                finalization = VerifyFinalization(content, block.Finalization.Span);
                if (finalization is null)
                {
                    return null;
                }
            }

            synced.Add(new SyncedBlock(content, batches, entries, finalization));
            previous = content.Hash;
            height = height.Next;
        }

        return synced[^1].Finalization is null ? null : synced;
    }

    private (List<Batch> Batches, List<BlockEntry> Entries)? Resolve(BlockContent content, IReadOnlyList<ReadOnlyMemory<byte>> blobs)
    {
        if (blobs.Count != content.Payload.BatchHashes.Count)
        {
            return null;
        }

        var batches = new List<Batch>();
        var entries = new List<BlockEntry>();
        for (int i = 0; i < blobs.Count; i++)
        {
            if (!Batch.TryDecode(blobs[i].ToArray(), out Batch? batch) || batch.Hash != content.Payload.BatchHashes[i]
                || BatchIntake.Decode(context, batch) is not { } decoded)
            {
                return null;
            }

            batches.Add(batch);
            entries.AddRange(decoded);
        }

        return (batches, entries);
    }

    private Certificate? VerifyFinalization(BlockContent content, ReadOnlySpan<byte> bytes) =>
        ConsensusMessageCodec.TryDecode(bytes, out ConsensusMessage? message) && message is Certificate { Kind: VoteKind.Finalize } certificate
        && certificate.Block.Hash == content.Hash && verifier.Verify(certificate, out _) == VerificationResult.Valid
            ? certificate
            : null;

    /// <summary>The likely members first, then every other connected one.</summary>
    private IEnumerable<PeerId> Order(IReadOnlyList<NodeId> likely)
    {
        var connected = host.Peers.Select(peer => peer.Id).ToHashSet();
        return likely.Concat(context.Committee.Members).Distinct().Select(PeerId.FromNodeId).Where(connected.Contains);
    }
}
