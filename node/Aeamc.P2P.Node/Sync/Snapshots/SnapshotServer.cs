using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Sync.Snapshots;

/// <summary>Hands out what the <see cref="SnapshotShelf"/> holds, headers with their proofs, and what this node keeps.</summary>
public sealed class SnapshotServer
{
    private static readonly RequestOptions ChunkLimits = new(128, SnapshotProtocol.MaximumChunk, TimeSpan.FromSeconds(10), 8);

    private readonly NodeStore _store;
    private readonly int _targetChunk;
    private readonly Lock _gate = new();
    private readonly SnapshotShelf _shelf = new();

    public SnapshotServer(ILibp2pHost host, NodeStore store, int targetChunk = SnapshotProtocol.TargetChunk)
    {
        _store = store;
        _targetChunk = targetChunk;
        host.HandleRequests(SnapshotProtocol.Offer, Offer, (_, request, _) => ValueTask.FromResult(ServeOffer(request)));
        host.HandleRequests(SnapshotProtocol.Chunk, ChunkLimits, (_, request, _) => ValueTask.FromResult(ServeChunk(request)));
        host.HandleRequests(SnapshotProtocol.Headers, Headers, (_, request, _) => ValueTask.FromResult(ServeHeaders(request)));
        host.HandleRequests(SnapshotProtocol.Kept, Small, (_, request, _) => ValueTask.FromResult(ServeKept(request)));
    }

    private static RequestOptions Offer { get; } = new(16, SnapshotProof.MaxEncodedSize, TimeSpan.FromSeconds(10), 2);

    private static RequestOptions Headers { get; } = new((8 * SnapshotProtocol.MaximumHeaders) + 32, 2 * 1024 * 1024, TimeSpan.FromSeconds(10), 2);

    private static RequestOptions Small { get; } = new(16, 64, TimeSpan.FromSeconds(10), 2);

    /// <summary>The newest snapshot's height; null while there is none.</summary>
    public Height? Newest
    {
        get
        {
            lock (_gate)
            {
                return _shelf.Newest?.Height;
            }
        }
    }

    /// <summary>Sets the limits of these protocols on a host that only asks: it refuses to answer.</summary>
    public static void Register(ILibp2pHost host)
    {
        foreach ((string protocol, RequestOptions options) in new[] { (SnapshotProtocol.Offer, Offer), (SnapshotProtocol.Chunk, ChunkLimits), (SnapshotProtocol.Headers, Headers), (SnapshotProtocol.Kept, Small) })
        {
            host.HandleRequests(protocol, options, static (_, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(null));
        }
    }

    /// <summary>A block was committed: perhaps one to take a snapshot of, perhaps the one whose finalization proves the last one.</summary>
    public void Follow(FinalizedBlock block)
    {
        lock (_gate)
        {
            _shelf.Follow(block.Before, block.Head, block.Block.Content!.Payload, block.Finalization);
        }
    }

    private ReadOnlyMemory<byte>? ServeOffer(ReadOnlyMemory<byte> request)
    {
        lock (_gate)
        {
            return Answers.OrRefuse(request.Span.SequenceEqual(SnapshotProtocol.Nothing.Span) ? _shelf.Newest?.Encode() : null);
        }
    }

    internal ReadOnlyMemory<byte>? ServeChunk(ReadOnlyMemory<byte> request)
    {
        if (!SnapshotProtocol.TryDecodeChunkRequest(request.Span, out Height height, out StatePrefix prefix))
        {
            return null;
        }

        StateChunk? chunk;
        lock (_gate)
        {
            chunk = _shelf.Read(height, prefix, _targetChunk);
        }

        return Answers.OrRefuse(chunk?.Encode());
    }

    private ReadOnlyMemory<byte>? ServeHeaders(ReadOnlyMemory<byte> request)
    {
        if (!SnapshotProtocol.TryDecodeHeadersRequest(request.Span, out Height newest, out Height[]? heights))
        {
            return null;
        }

        var headers = new List<ProvenHeader>(heights.Length);
        foreach (Height height in heights)
        {
            if (_store.GetHeader(height) is not { } header || !MerkleMountainRange.TryProve(_store, height.Value, newest.Value + 1, out Hash256[] path))
            {
                return null;
            }

            headers.Add(new ProvenHeader(header, path));
        }

        return SnapshotProtocol.EncodeHeaders(headers);
    }

    private ReadOnlyMemory<byte>? ServeKept(ReadOnlyMemory<byte> request) => Answers.OrRefuse(
        request.Span.SequenceEqual(SnapshotProtocol.Nothing.Span) ? SnapshotProtocol.EncodeKept(_store.First, _store.Head?.Height ?? Height.Zero) : null);
}
