using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Proofs;

/// <summary>
/// That a block is final, and what the roots after it are: the block, its parent's header, the headers up to one that a quorum finalized itself, and the
/// mountain range. The header after the block names the state root, so a verifier needs to know the committee and nothing else (the group key is in the state).
/// </summary>
/// <remarks>
/// MessagePack: [parent header bin 317, header bin 317, payload bin, [following header bin 317, ...], finalization certificate bin of the last one, mountains].
/// </remarks>
public sealed record SnapshotProof(
    MicroblockHeader Parent,
    MicroblockHeader Header,
    BlockPayload Payload,
    IReadOnlyList<MicroblockHeader> Following,
    ReadOnlyMemory<byte> Finalization,
    MerkleMountainRange Mountains)
{
    /// <summary>Headers that may follow the block before one has its own finalization.</summary>
    public const int MaxFollowing = 64;

    /// <summary>The longest encoding.</summary>
    public const int MaxEncodedSize = BlockPayload.MaxEncodedSize + ((MaxFollowing + 2) * (MicroblockHeader.Size + 3)) + ReceiptProof.MaxFinalizationSize + (4 * 1024);

    /// <summary>The height of the snapshot.</summary>
    public Height Height => Header.Height;

    /// <summary>The state root after the block.</summary>
    public Hash256 StateRoot => Following[0].StateRoot;

    /// <summary>Checks everything; a valid proof binds block, state root and mountains to the committee's finalization.</summary>
    public ProofVerdict Verify(uint clusterId, IFinalizationVerifier finalizations)
    {
        if (Header.ClusterId != clusterId)
        {
            return ProofVerdict.WrongNetwork;
        }

        if (Following.Count is 0 or > MaxFollowing || Header.PayloadHash != Payload.Hash || !IsChild(Parent, Header))
        {
            return ProofVerdict.BlockNotInChain;
        }

        MicroblockHeader last = Header;
        foreach (MicroblockHeader next in Following)
        {
            if (!IsChild(last, next))
            {
                return ProofVerdict.BlockNotInChain;
            }

            last = next;
        }

        if (Mountains.Count != Header.Height.Value + 1 || Mountains.Root != Following[0].ChainRoot)
        {
            return ProofVerdict.BlockNotInChain;
        }

        return finalizations.Verify(last, Finalization.Span) ? ProofVerdict.Valid : ProofVerdict.BadFinalization;
    }

    /// <summary>The canonical bytes.</summary>
    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(6);
        writer.Write(Parent.ToArray());
        writer.Write(Header.ToArray());
        writer.Write(Payload.Encoded.Span);
        writer.WriteArrayHeader(Following.Count);
        foreach (MicroblockHeader next in Following)
        {
            writer.Write(next.ToArray());
        }

        writer.Write(Finalization.Span);
        Mountains.Encode(ref writer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the canonical bytes; false on anything else.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SnapshotProof? proof)
    {
        proof = null;
        var reader = new MessagePackReader(bytes);
        if (bytes.Length > MaxEncodedSize || !reader.TryReadArrayHeader(6) || !TryReadHeader(ref reader, out MicroblockHeader? parent)
            || !TryReadHeader(ref reader, out MicroblockHeader? header)
            || !reader.TryReadBinary(BlockPayload.MaxEncodedSize, out ReadOnlySpan<byte> payloadBytes) || !BlockPayload.TryDecode(payloadBytes, out BlockPayload? payload)
            || !reader.TryReadArrayHeader(MaxFollowing, out int count))
        {
            return false;
        }

        var following = new List<MicroblockHeader>();
        for (int i = 0; i < count; i++)
        {
            if (!TryReadHeader(ref reader, out MicroblockHeader? next))
            {
                return false;
            }

            following.Add(next);
        }

        if (!reader.TryReadBinary(ReceiptProof.MaxFinalizationSize, out ReadOnlySpan<byte> finalization)
            || !MerkleMountainRange.TryDecode(ref reader, out MerkleMountainRange mountains) || !reader.End)
        {
            return false;
        }

        proof = new SnapshotProof(parent, header, payload, following, finalization.ToArray(), mountains);
        return true;
    }

    private static bool IsChild(MicroblockHeader parent, MicroblockHeader child) =>
        child.Height.Value == parent.Height.Value + 1 && child.ClusterId == parent.ClusterId && child.PreviousHash == parent.ComputeHash();

    private static bool TryReadHeader(ref MessagePackReader reader, [NotNullWhen(true)] out MicroblockHeader? header)
    {
        header = null;
        return reader.TryReadExactly(MicroblockHeader.Size, out ReadOnlySpan<byte> bytes) && MicroblockHeader.TryDecode(bytes, out header);
    }
}
