using System.Threading.Channels;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Sync;

/// <summary>
/// Answers other nodes' requests for batches, blocks and checkpoints from the store. Bounded per peer by the request layer, per answer by the protocol.
/// Ranges are long work on the threads that also take in votes: one is put together at a time, a few blocks in a row, and between them whatever else
/// waits for a thread has its turn.
/// </summary>
public sealed class ChainServer
{
    /// <summary>Blocks read in a row: well below a millisecond.</summary>
    private const int BlocksPerTurn = 16;

    private const int BytesPerTurn = 64 * 1024;

    /// <summary>Ranges of one peer per second, sustained: some thousand blocks a second from each of several sources, more than a node can execute.</summary>
    private const double RangesPerSecond = 64;

    // Holds a token while a range is put together; who comes next waits for room.
    private readonly Channel<bool> _reading = Channel.CreateBounded<bool>(1);
    private readonly NodeStore _store;

    public ChainServer(ILibp2pHost host, NodeStore store)
    {
        _store = store;
        host.HandleRequests(SyncProtocol.Batches, Limits(8 * 1024), (_, request, _) => ValueTask.FromResult(ServeBatches(request)));
        host.HandleRequests(SyncProtocol.Block, Limits(64), (_, request, _) => ValueTask.FromResult(ServeBlock(request)));
        host.HandleRequests(SyncProtocol.Range, Limits(64) with { MaxPerSecond = RangesPerSecond, Burst = 2 * (int)RangesPerSecond }, (_, request, cancellation) => ServeRangeAsync(request, cancellation));
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

    private async ValueTask<ReadOnlyMemory<byte>?> ServeRangeAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        if (!SyncProtocol.TryDecodeRangeRequest(request.Span, out Height from, out int maximum))
        {
            return null;
        }

        await _reading.Writer.WriteAsync(true, cancellation).ConfigureAwait(false);
        try
        {
            return SyncProtocol.EncodeRange(await ReadRangeAsync(from, maximum, cancellation).ConfigureAwait(false));
        }
        finally
        {
            Invariant.Check(_reading.Reader.TryRead(out _));
        }
    }

    private async ValueTask<IReadOnlyList<RangeBlock>> ReadRangeAsync(Height from, int maximum, CancellationToken cancellation)
    {
        var reader = new RangeReader(from, maximum);
        int paused = 0;
        while (reader.Next is { } height)
        {
            reader.Take(_store.GetBlock(height) is { } block ? Assemble(block) : null);
            if (reader.Count % BlocksPerTurn == 0 || reader.Bytes - paused >= BytesPerTurn)
            {
                paused = reader.Bytes;
                cancellation.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }

        return reader.Closed;
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
