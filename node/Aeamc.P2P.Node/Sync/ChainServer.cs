using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Sync;

/// <summary>Answers other nodes' requests for batches and blocks from the store. Bounded per peer by the request layer, per answer by the protocol.</summary>
public sealed class ChainServer
{
    private readonly NodeStore _store;

    public ChainServer(ILibp2pHost host, NodeStore store)
    {
        _store = store;
        host.HandleRequests(SyncProtocol.Batches, Limits(8 * 1024), (_, request, _) => ValueTask.FromResult(ServeBatches(request)));
        host.HandleRequests(SyncProtocol.Block, Limits(64), (_, request, _) => ValueTask.FromResult(ServeBlock(request)));
        host.HandleRequests(SyncProtocol.Range, Limits(64), (_, request, _) => ValueTask.FromResult(ServeRange(request)));
    }

    private static RequestOptions Limits(int request) => new(request, SyncProtocol.MaximumResponse, TimeSpan.FromSeconds(10), 8);

    private ReadOnlyMemory<byte>? ServeBatches(ReadOnlyMemory<byte> request)
    {
        if (!SyncProtocol.TryDecodeHashes(request.Span, out Hash256[]? hashes))
        {
            return null;
        }

        return SyncProtocol.EncodeBlobs([.. hashes.Select(_store.GetBatch).OfType<byte[]>()]);
    }

    private ReadOnlyMemory<byte>? ServeBlock(ReadOnlyMemory<byte> request) =>
        SyncProtocol.TryDecodeHashes(request.Span, out Hash256[]? hashes) && hashes is [var hash] && FindContent(hash) is { } content
            ? SyncProtocol.EncodeBlobs([content])
            : null;

    private ReadOnlyMemory<byte>? ServeRange(ReadOnlyMemory<byte> request)
    {
        if (!SyncProtocol.TryDecodeRangeRequest(request.Span, out Height from, out int maximum))
        {
            return null;
        }

        var blocks = new List<RangeBlock>();
        int bytes = 0;
        for (Height height = from; blocks.Count < maximum && bytes < SyncProtocol.TargetResponse && _store.GetBlock(height) is { } block; height = height.Next)
        {
            if (Assemble(block) is not { } assembled)
            {
                break;
            }

            bytes += assembled.Content.Length + assembled.Finalization.Length + assembled.Batches.Sum(batch => batch.Length);
            blocks.Add(assembled);
        }

        // Only what a quorum's own signature closes is worth anything to the asker.
        int last = blocks.FindLastIndex(block => !block.Finalization.IsEmpty);
        return SyncProtocol.EncodeRange(blocks[..(last + 1)]);
    }

    private RangeBlock? Assemble(StoredBlock block)
    {
        if (Decode(block.Header, block.Payload) is not { } content)
        {
            return null;
        }

        var batches = new List<ReadOnlyMemory<byte>>();
        foreach (Hash256 hash in content.Payload.BatchHashes)
        {
            if (_store.GetBatch(hash) is not { } batch)
            {
                return null;
            }

            batches.Add(batch);
        }

        return new RangeBlock(content.Encoded, block.Finalization, batches);
    }

    private byte[]? FindContent(Hash256 hash) =>
        _store.FindBlock(hash) is { } height && _store.GetBlock(height) is { } block ? Decode(block.Header, block.Payload)?.Encoded.ToArray() : _store.GetBatch(hash);

    private static BlockContent? Decode(byte[] headerBytes, byte[] payloadBytes) =>
        MicroblockHeader.TryDecode(headerBytes, out MicroblockHeader? header) && BlockPayload.TryDecode(payloadBytes, out BlockPayload? payload)
            ? BlockContent.Create(header, payload)
            : null;
}
