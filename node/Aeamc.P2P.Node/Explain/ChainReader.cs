using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Explain;

/// <summary>The stored chain as an explanation needs it.</summary>
public sealed class ChainReader(ChainContext context, NodeStore store)
{
    /// <summary>Blocks looked at above one for the finalization that covers it: some views at most lie between.</summary>
    private const ulong MaximumOpen = 256;

    /// <summary>A stored block with its entries; null when there is none of that height, or it was pruned.</summary>
    public ReadBlock? Read(Height height)
    {
        if (store.GetBlock(height) is not { } stored || !MicroblockHeader.TryDecode(stored.Header, out MicroblockHeader? header)
            || !BlockPayload.TryDecode(stored.Payload, out BlockPayload? payload))
        {
            return null;
        }

        var entries = new List<BatchEntry>();
        foreach (Hash256 hash in payload.BatchHashes)
        {
            if (store.GetBatch(hash) is not { } bytes || !Batch.TryDecode(bytes, out Batch? batch))
            {
                return null;
            }

            entries.AddRange(batch.Entries);
        }

        return new ReadBlock(height, header, header.ComputeHash(), entries);
    }

    /// <summary>The view of a block; 0 for genesis, null when its header is not kept.</summary>
    public View? ViewOf(Height height) =>
        height == Height.Zero ? View.Zero : store.GetHeader(height) is { } bytes && MicroblockHeader.TryDecode(bytes, out MicroblockHeader? header) ? header.View : null;

    /// <summary>The kept block of a view: views rise with heights, so it is found by halving.</summary>
    public Height? FindBlock(View view, Height head)
    {
        ulong low = store.First.Value, high = head.Value;
        while (low <= high && high > 0)
        {
            ulong middle = low + ((high - low) / 2);
            if (ViewOf(new Height(middle)) is not { } found)
            {
                return null;
            }

            if (found == view)
            {
                return new Height(middle);
            }

            (low, high) = found < view ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    /// <summary>The block whose finalization made a block final, and who signed it.</summary>
    public (Height? By, IReadOnlyList<NodeIndex> Signers) FinalizationOf(Height height, Height head)
    {
        for (ulong at = height.Value; at <= Math.Min(head.Value, height.Value + MaximumOpen); at++)
        {
            if (store.GetFinalization(new Height(at)) is { Length: > 0 } bytes && ConsensusMessageCodec.TryDecode(bytes, out ConsensusMessage? message)
                && message is Certificate certificate)
            {
                return (new Height(at), Signers(certificate.Signers));
            }
        }

        return (null, []);
    }

    /// <summary>The members that a bitmap names.</summary>
    public IReadOnlyList<NodeIndex> Signers(SignerBitmap signers) =>
        [.. Enumerable.Range(0, context.Committee.Count).Select(index => new NodeIndex((ushort)index)).Where(signers.Contains)];
}

/// <summary>A block out of the store.</summary>
public sealed record ReadBlock(Height Height, MicroblockHeader Header, Hash256 Hash, IReadOnlyList<BatchEntry> Entries);
