using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Consensus.Committees;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Votes;

/// <summary>
/// Canonical MessagePack of every consensus message. A statement is [kind, epoch, view, block or nil]; a block is [hash, height, parent
/// hash, parent view] (its view is the statement's). A message is [1, statement, voter, signature] for a vote, [2, vote, content] for a
/// proposal, [3, statement, bitmap, signatures] for a certificate, [4, epoch, from, to] for a request; the vote inside a proposal is
/// [statement, voter, signature]. Anything else, and any trailing byte, is refused.
/// </summary>
public static class ConsensusMessageCodec
{
    /// <summary>Largest proposal content accepted, in bytes: room for 65,535 / 2 batch hashes and a header would be 1 MiB; more is a lie.</summary>
    public const int MaximumContent = 1 << 20;

    /// <summary>Largest encoded message in bytes, for a transport's frame limit.</summary>
    public const int MaximumSize = MaximumContent + 512;

    private const int MaximumBitmap = Committee.MaximumSize / 8;
    private const byte VoteTag = 1;
    private const byte ProposalTag = 2;
    private const byte CertificateTag = 3;
    private const byte RequestTag = 4;

    /// <summary>The message as a new array.</summary>
    public static byte[] Encode(ConsensusMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        Encode(message, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the message.</summary>
    public static void Encode(ConsensusMessage message, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        switch (message)
        {
            case Vote vote:
                writer.WriteArrayHeader(4);
                writer.Write(VoteTag);
                WriteVoteFields(writer, vote);
                break;
            case Proposal proposal:
                writer.WriteArrayHeader(3);
                writer.Write(ProposalTag);
                writer.WriteArrayHeader(3);
                WriteVoteFields(writer, proposal.Notarize);
                writer.Write(proposal.Content.Span);
                break;
            case Certificate certificate:
                writer.WriteArrayHeader(4);
                writer.Write(CertificateTag);
                WriteCertificateFields(writer, certificate);
                break;
            case CertificatesRequest request:
                writer.WriteArrayHeader(4);
                writer.Write(RequestTag);
                writer.Write(request.Of.Value);
                writer.Write(request.From.Value);
                writer.Write(request.To.Value);
                break;
            default:
                throw Invariant.Fail($"no encoding for {message.GetType().Name}");
        }
    }

    /// <summary>Reads one message that fills <paramref name="bytes"/>; false on anything that <see cref="Encode(ConsensusMessage)"/> would not write.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ConsensusMessage? message)
    {
        message = null;
        var reader = new MessagePackReader(bytes);
        if (bytes.Length > MaximumSize || !reader.TryReadArrayHeader(4, out int fields) || !reader.TryReadUInt8(out byte tag))
        {
            return false;
        }

        message = (tag, fields) switch
        {
            (VoteTag, 4) => ReadVoteFields(ref reader),
            (ProposalTag, 3) => ReadProposal(ref reader),
            (CertificateTag, 4) => ReadCertificateFields(ref reader),
            (RequestTag, 4) => ReadRequest(ref reader),
            _ => null,
        };
        if (message is null || !reader.End)
        {
            message = null;
            return false;
        }

        return true;
    }

    internal static void WriteStatement(MessagePackWriter writer, in Statement statement)
    {
        writer.WriteArrayHeader(4);
        writer.Write((byte)statement.Kind);
        writer.Write(statement.Epoch.Value);
        writer.Write(statement.View.Value);
        if (!statement.HasBlock)
        {
            writer.WriteNil();
            return;
        }

        BlockRef block = statement.Block;
        writer.WriteArrayHeader(4);
        writer.Write(block.Hash);
        writer.Write(block.Height.Value);
        writer.Write(block.ParentHash);
        writer.Write(block.ParentView.Value);
    }

    internal static bool TryReadStatement(ref MessagePackReader reader, out Statement statement)
    {
        statement = default;
        if (!reader.TryReadArrayHeader(4) || !reader.TryReadUInt8(out byte kind) || !reader.TryReadUInt64(out ulong epoch)
            || !reader.TryReadUInt64(out ulong view))
        {
            return false;
        }

        if ((VoteKind)kind == VoteKind.Nullify)
        {
            statement = Statement.Nullify(new Epoch(epoch), new View(view));
            return reader.TryReadNil();
        }

        if ((VoteKind)kind is not (VoteKind.Notarize or VoteKind.Finalize)
            || !reader.TryReadArrayHeader(4) || !reader.TryReadHash(out Hash256 hash) || !reader.TryReadUInt64(out ulong height)
            || !reader.TryReadHash(out Hash256 parentHash) || !reader.TryReadUInt64(out ulong parentView))
        {
            return false;
        }

        var block = new BlockRef(hash, new Height(height), new View(view), parentHash, new View(parentView));
        statement = (VoteKind)kind == VoteKind.Notarize
            ? Statement.Notarize(new Epoch(epoch), block)
            : Statement.Finalize(new Epoch(epoch), block);
        return true;
    }

    internal static void WriteVoteFields(MessagePackWriter writer, Vote vote)
    {
        WriteStatement(writer, vote.Statement);
        writer.Write(vote.Voter.Value);
        Span<byte> signature = stackalloc byte[VoteSignature.Size];
        vote.Signature.CopyTo(signature);
        writer.Write(signature);
    }

    internal static Vote? ReadVoteFields(ref MessagePackReader reader) =>
        TryReadStatement(ref reader, out Statement statement) && reader.TryReadUInt16(out ushort voter)
        && reader.TryReadExactly(VoteSignature.Size, out ReadOnlySpan<byte> signature)
            ? new Vote(statement, new NodeIndex(voter), new VoteSignature(signature))
            : null;

    private static Proposal? ReadProposal(ref MessagePackReader reader) =>
        reader.TryReadArrayHeader(3) && ReadVoteFields(ref reader) is { Statement.Kind: VoteKind.Notarize } notarize
        && reader.TryReadBinary(MaximumContent, out ReadOnlySpan<byte> content)
            ? new Proposal(notarize, content.ToArray())
            : null;

    internal static void WriteCertificateFields(MessagePackWriter writer, Certificate certificate)
    {
        WriteStatement(writer, certificate.Statement);
        writer.Write(certificate.Signers.Bytes);
        writer.Write(certificate.Signatures.Span);
    }

    internal static Certificate? ReadCertificateFields(ref MessagePackReader reader)
    {
        if (!TryReadStatement(ref reader, out Statement statement) || !reader.TryReadBinary(MaximumBitmap, out ReadOnlySpan<byte> bits))
        {
            return null;
        }

        SignerBitmap signers = SignerBitmap.From(bits);
        return reader.TryReadExactly(signers.Count * VoteSignature.Size, out ReadOnlySpan<byte> signatures)
            ? new Certificate(statement, signers, signatures.ToArray())
            : null;
    }

    private static CertificatesRequest? ReadRequest(ref MessagePackReader reader) =>
        reader.TryReadUInt64(out ulong epoch) && reader.TryReadUInt64(out ulong from) && reader.TryReadUInt64(out ulong to)
        && from <= to && to - from < CertificatesRequest.MaximumViews
            ? new CertificatesRequest(new Epoch(epoch), new View(from), new View(to))
            : null;
}
