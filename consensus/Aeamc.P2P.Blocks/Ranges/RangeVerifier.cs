using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>
/// Believes a range of blocks only as far as hashes and certificates prove it. Holds no state: many ranges are checked at once, which is where a node that
/// catches up spends its time. What a quorum finalized, its honest members have checked before they voted: the entries' signatures and the beacon's
/// proof are not checked again; what decides the state is, by executing it.
/// </summary>
public sealed class RangeVerifier(ChainContext context, MessageVerifier verifier)
{
    /// <summary>Checks that the blocks are consecutive, complete, linked by hash and closed by a quorum's finalization.</summary>
    /// <param name="from">The height asked for.</param>
    /// <param name="blocks">What came; not empty.</param>
    /// <param name="synced">The blocks, ready to be executed.</param>
    public RangeFault Check(Height from, IReadOnlyList<RangeBlock> blocks, out List<SyncedBlock> synced)
    {
        synced = [];
        BlockContent? previous = null;
        Height height = from;
        foreach (RangeBlock block in blocks)
        {
            RangeFault fault = Check(block, height, previous, out SyncedBlock? checkedBlock);
            if (fault != RangeFault.None)
            {
                return fault;
            }

            synced.Add(checkedBlock!);
            previous = checkedBlock!.Content;
            height = height.Next;
        }

        return synced.Count == 0 || synced[^1].Finalization is null ? RangeFault.NotClosed : RangeFault.None;
    }

    private RangeFault Check(RangeBlock block, Height height, BlockContent? previous, out SyncedBlock? synced)
    {
        synced = null;
        if (!BlockContent.TryDecode(block.Content.Span, out BlockContent? content))
        {
            return RangeFault.Malformed;
        }

        if (content.Header.Height != height)
        {
            return RangeFault.WrongHeight;
        }

        if (previous is not null && content.Header.PreviousHash != previous.Hash)
        {
            return RangeFault.NotLinked;
        }

        if (Resolve(content, block.Batches) is not var (batches, entries))
        {
            return RangeFault.WrongBatches;
        }

        Certificate? finalization = null;
        if (!block.Finalization.IsEmpty)
        {
            finalization = VerifyFinalization(content, block.Finalization.Span);
            if (finalization is null)
            {
                return RangeFault.WrongFinalization;
            }
        }

        synced = new SyncedBlock(content, batches, entries, finalization);
        return RangeFault.None;
    }

    private (List<Batch> Batches, List<BlockEntry> Entries)? Resolve(BlockContent content, IReadOnlyList<ReadOnlyMemory<byte>> blobs)
    {
        if (blobs.Count != content.Payload.BatchHashes.Count)
        {
            return null;
        }

        var batches = new List<Batch>(blobs.Count);
        var entries = new List<BlockEntry>();
        for (int i = 0; i < blobs.Count; i++)
        {
            // A copy of its own: a batch that is kept must not keep the whole answer alive.
            if (!Batch.TryDecode(blobs[i].ToArray(), out Batch? batch) || batch.Hash != content.Payload.BatchHashes[i]
                || BatchEntries.Decode(context, batch) is not { } decoded)
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
}
