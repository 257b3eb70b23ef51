using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Sync;

/// <summary>Answers peers from the store, and hands snapshots out, as the daemon does.</summary>
public sealed class SyncServer(SimulatedDisk disk)
{
    /// <summary>Small, so that the state of a short run has parts.</summary>
    private const int TargetChunk = 1024;

    private SnapshotShelf _shelf = new();

    /// <summary>A member that restarted hands out none until the next checkpoint.</summary>
    public void Crash() => _shelf = new SnapshotShelf();

    public void Follow(FinalizedHead before, FinalizedHead head, BlockPayload payload, Certificate? finalization) => _shelf.Follow(before, head, payload, finalization);

    /// <summary>The answer; null to refuse.</summary>
    public byte[]? Serve(RequestKind kind, byte[] request)
    {
        switch (kind)
        {
            case RequestKind.Range when SyncProtocol.TryDecodeRangeRequest(request, out Height from, out int maximum):
                return SyncProtocol.EncodeRange(RangeReader.Collect(from, maximum, Assemble));
            case RequestKind.Snapshot when request.AsSpan().SequenceEqual(SnapshotProtocol.Nothing.Span):
                return _shelf.Newest?.Encode();
            case RequestKind.Chunk when SnapshotProtocol.TryDecodeChunkRequest(request, out Height height, out StatePrefix prefix):
                return _shelf.Read(height, prefix, TargetChunk)?.Encode();
            default:
                return null;
        }
    }

    private RangeBlock? Assemble(Height height)
    {
        // Without checksums flipped bytes go out as they are.
        if (disk.At(height) is not { } block || disk.ReadContent(block.Hash) is not { } bytes)
        {
            return null;
        }

        var batches = new List<ReadOnlyMemory<byte>>();
        if (BlockContent.TryDecode(bytes, out BlockContent? content))
        {
            foreach (Hash256 hash in content.Payload.BatchHashes)
            {
                if (!disk.Batches.TryGetValue(hash, out ReadBatch? batch))
                {
                    return null;
                }

                batches.Add(batch.Batch.Encoded);
            }
        }

        return new RangeBlock(bytes, disk.ReadFinalization(height) ?? default(ReadOnlyMemory<byte>), batches);
    }
}
