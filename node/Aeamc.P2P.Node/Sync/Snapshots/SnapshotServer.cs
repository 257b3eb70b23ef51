using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Node.Signing;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Sync.Snapshots;

/// <summary>
/// Hands out the state after checkpointed blocks: every member has the same ones, so a new node asks all of them at once. A snapshot is a reference to an
/// immutable state tree and costs nothing to take; a few are kept, so that a slow reader is not left in the middle.
/// </summary>
public sealed class SnapshotServer
{
    /// <summary>Snapshots kept.</summary>
    public const int MaximumSnapshots = 3;

    private static readonly RequestOptions ChunkLimits = new(128, SnapshotProtocol.MaximumChunk, TimeSpan.FromSeconds(10), 8);

    private readonly NodeStore _store;
    private readonly int _targetChunk;
    private readonly Lock _gate = new();
    private readonly List<(SnapshotProof Proof, StateTree Tree)> _snapshots = [];
    private Candidate? _candidate;

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
                return _snapshots.Count > 0 ? _snapshots[^1].Proof.Height : null;
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
            if (_candidate is { } waiting)
            {
                waiting.Following.Add(block.Head.Header!);
                if (block.Finalization is { } finalization)
                {
                    Keep(waiting, finalization);
                    _candidate = null;
                }
                else if (waiting.Following.Count == SnapshotProof.MaxFollowing)
                {
                    _candidate = null;
                }
            }

            // The block after genesis has no parent with a header.
            if (block.Before.Header is { } parent && CheckpointRule.IsDue(block.Before.Timestamp, block.Head.Timestamp, block.Head.State.Parameters))
            {
                _candidate = new Candidate(parent, block.Head, block.Block.Content!.Payload);
            }
        }
    }

    private void Keep(Candidate taken, Certificate finalization)
    {
        var proof = new SnapshotProof(
            taken.Parent, taken.Head.Header!, taken.Payload, taken.Following, ConsensusMessageCodec.Encode(finalization), taken.Head.Mountains);
        _snapshots.Add((proof, taken.Head.State.Tree));
        if (_snapshots.Count > MaximumSnapshots)
        {
            _snapshots.RemoveAt(0);
        }
    }

    private ReadOnlyMemory<byte>? ServeOffer(ReadOnlyMemory<byte> request)
    {
        lock (_gate)
        {
            return request.Span.SequenceEqual(SnapshotProtocol.Nothing.Span) && _snapshots.Count > 0 ? _snapshots[^1].Proof.Encode() : null;
        }
    }

    internal ReadOnlyMemory<byte>? ServeChunk(ReadOnlyMemory<byte> request)
    {
        if (!SnapshotProtocol.TryDecodeChunkRequest(request.Span, out Height height, out StatePrefix prefix))
        {
            return null;
        }

        StateTree? tree;
        lock (_gate)
        {
            tree = _snapshots.Find(snapshot => snapshot.Proof.Height == height).Tree;
        }

        return tree is null ? null : StateChunk.Read(tree, prefix, _targetChunk).Encode();
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

    private ReadOnlyMemory<byte>? ServeKept(ReadOnlyMemory<byte> request) =>
        request.Span.SequenceEqual(SnapshotProtocol.Nothing.Span) ? SnapshotProtocol.EncodeKept(_store.First, _store.Head?.Height ?? Height.Zero) : null;

    /// <summary>A state waiting for the finalization that proves it.</summary>
    private sealed record Candidate(MicroblockHeader Parent, FinalizedHead Head, BlockPayload Payload)
    {
        public List<MicroblockHeader> Following { get; } = [];
    }
}
