using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Proofs;

/// <summary>
/// All a device needs to show that its entry is in the chain, without trusting any node: entry -> entries root -> header, and from there a co-signed
/// checkpoint, a finalization certificate, or both.
/// </summary>
/// <remarks>MessagePack: [kind, entry bytes, inclusion proof, header bin 317, checkpoint proof or nil, finalization certificate bin or nil].</remarks>
public sealed record ReceiptProof(
    BatchEntry Entry,
    InclusionProof Inclusion,
    MicroblockHeader Header,
    CheckpointProof? Checkpoint,
    ReadOnlyMemory<byte>? Finalization)
{
    /// <summary>The longest certificate carried: a bitmap and one signature each for some 250 members.</summary>
    public const int MaxFinalizationSize = 16 * 1024;

    /// <summary>The longest encoding.</summary>
    public const int MaxEncodedSize = BatchEntry.MaxSize + MaxFinalizationSize + 8 * 1024;

    /// <summary>Checks everything up to a checkpoint signed by the trusted group.</summary>
    public ProofVerdict VerifyCheckpointed(TrustAnchor trust, ICheckpointSignatureVerifier signatures)
    {
        if (Checkpoint is not { } up)
        {
            return ProofVerdict.CheckpointMissing;
        }

        // Hashing is cheap and a signature is not: paths first.
        ProofVerdict verdict = VerifyEntry(trust);
        if (verdict == ProofVerdict.Valid)
        {
            verdict = up.Chain.Height == Header.Height
                ? up.Chain.Verify(Header.ComputeHash(), up.Signed.Checkpoint)
                : ProofVerdict.BlockNotInChain;
        }

        return verdict == ProofVerdict.Valid ? up.Signed.Verify(trust, signatures) : verdict;
    }

    /// <summary>Checks everything up to a finalization by a committee that <paramref name="finalizations"/> trusts.</summary>
    public ProofVerdict VerifyFinalized(TrustAnchor trust, IFinalizationVerifier finalizations)
    {
        if (Finalization is not { } certificate)
        {
            return ProofVerdict.FinalizationMissing;
        }

        ProofVerdict verdict = VerifyEntry(trust);
        if (verdict != ProofVerdict.Valid)
        {
            return verdict;
        }

        return finalizations.Verify(Header, certificate.Span) ? ProofVerdict.Valid : ProofVerdict.BadFinalization;
    }

    /// <summary>The canonical bytes.</summary>
    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        Span<byte> header = stackalloc byte[MicroblockHeader.Size];
        Header.CopyTo(header);
        writer.WriteArrayHeader(6);
        writer.Write((ulong)Entry.Kind);
        writer.Write(Entry.Bytes.Span);
        Inclusion.Encode(ref writer);
        writer.Write(header);
        if (Checkpoint is null)
        {
            writer.WriteNil();
        }
        else
        {
            Checkpoint.Encode(ref writer);
        }

        if (Finalization is not { } certificate)
        {
            writer.WriteNil();
        }
        else
        {
            writer.Write(certificate.Span);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the canonical bytes; false on anything else. The proof is independent of <paramref name="bytes"/>.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ReceiptProof? proof)
    {
        proof = null;
        var reader = new MessagePackReader(bytes);
        if (bytes.Length > MaxEncodedSize || !reader.TryReadArrayHeader(6) || !reader.TryReadUInt8(out byte kind)
            || !reader.TryReadBinary(BatchEntry.MaxSize, out ReadOnlySpan<byte> entry) || entry.IsEmpty
            || !InclusionProof.TryDecode(ref reader, out InclusionProof? inclusion)
            || !reader.TryReadExactly(MicroblockHeader.Size, out ReadOnlySpan<byte> headerBytes)
            || !MicroblockHeader.TryDecode(headerBytes, out MicroblockHeader? header))
        {
            return false;
        }

        CheckpointProof? checkpoint = null;
        if (!reader.TryReadNil() && !CheckpointProof.TryDecode(ref reader, out checkpoint))
        {
            return false;
        }

        ReadOnlyMemory<byte>? finalization = null;
        if (!reader.TryReadNil())
        {
            if (!reader.TryReadBinary(MaxFinalizationSize, out ReadOnlySpan<byte> certificate) || certificate.IsEmpty)
            {
                return false;
            }

            finalization = certificate.ToArray();
        }

        if (!reader.End)
        {
            return false;
        }

        proof = new ReceiptProof(new BatchEntry(kind, entry.ToArray()), inclusion, header, checkpoint, finalization);
        return true;
    }

    private ProofVerdict VerifyEntry(TrustAnchor trust) =>
        Header.ClusterId == trust.ClusterId ? Inclusion.Verify(Entry, Header) : ProofVerdict.WrongNetwork;
}
