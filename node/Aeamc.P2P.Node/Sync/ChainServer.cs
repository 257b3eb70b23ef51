using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Sync;

/// <summary>Answers other nodes' requests for batches, blocks and checkpoints from the store. Bounded per peer by the request layer, per answer by the protocol.</summary>
public sealed class ChainServer
{
    private readonly NodeStore _store;

    public ChainServer(ILibp2pHost host, NodeStore store)
    {
        _store = store;
        host.HandleRequests(SyncProtocol.Batches, Limits(8 * 1024), (_, request, _) => ValueTask.FromResult(ServeBatches(request)));
        host.HandleRequests(SyncProtocol.Block, Limits(64), (_, request, _) => ValueTask.FromResult(ServeBlock(request)));
        host.HandleRequests(SyncProtocol.Range, Limits(64), (_, request, _) => ValueTask.FromResult(ServeRange(request)));
        host.HandleRequests(SyncProtocol.Checkpoints, Limits(64), (_, request, _) => ValueTask.FromResult(ServeCheckpoints(request)));
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

    private ReadOnlyMemory<byte>? ServeBlock(ReadOnlyMemory<byte> request) => Answers.OrRefuse(
        SyncProtocol.TryDecodeHashes(request.Span, out Hash256[]? hashes) && hashes is [var hash] && FindContent(hash) is { } content
            ? SyncProtocol.EncodeBlobs([content])
            : null);

    private ReadOnlyMemory<byte>? ServeRange(ReadOnlyMemory<byte> request)
    {
        if (!SyncProtocol.TryDecodeRangeRequest(request.Span, out Height from, out int maximum))
        {
            return null;
        }

        return SyncProtocol.EncodeRange(RangeReader.Collect(from, maximum, height => _store.GetBlock(height) is { } block ? Assemble(block) : null));
    }

    private ReadOnlyMemory<byte>? ServeCheckpoints(ReadOnlyMemory<byte> request) => Answers.OrRefuse(
        SyncProtocol.TryDecodeRangeRequest(request.Span, out Height from, out int maximum)
            ? SyncProtocol.EncodeBlobs([.. _store.CheckpointsFrom(from, maximum).Select(stored => stored.Signed)])
            : null);

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
