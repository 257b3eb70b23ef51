using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Safety;

/// <summary>
/// One record of the consensus write-ahead log. Wire: [1, statement] own vote, [2, statement, bitmap, signatures] certificate accepted,
/// [3, epoch, view, hash, decision] certification result, [4, statement, content] own proposal. Every record carries its epoch; records
/// of views below the last finalized one may be dropped from the log, but never the highest finalization.
/// </summary>
public abstract record WalRecord
{
    private const byte VotedTag = 1;
    private const byte AcceptedTag = 2;
    private const byte CertifiedTag = 3;
    private const byte ProposedTag = 4;

    private WalRecord()
    {
    }

    /// <summary>The epoch it belongs to; replay skips other epochs.</summary>
    public abstract Epoch Epoch { get; }

    /// <summary>The view it belongs to, by which the log is pruned.</summary>
    public abstract View View { get; }

    /// <summary>This node is about to sign the statement. Written by the host for each <c>Effect.SignVote</c>.</summary>
    public sealed record Voted(Statement Statement) : WalRecord
    {
        public override Epoch Epoch => Statement.Epoch;

        public override View View => Statement.View;
    }

    /// <summary>A certificate was assembled or received; it had been verified.</summary>
    public sealed record Accepted(Certificate Certificate) : WalRecord
    {
        public override Epoch Epoch => Certificate.Epoch;

        public override View View => Certificate.View;
    }

    /// <summary>The notarized block was certified, or found invalid for ever.</summary>
    public sealed record Certified(Epoch Of, View At, Hash256 Hash, bool Valid) : WalRecord
    {
        public override Epoch Epoch => Of;

        public override View View => At;
    }

    /// <summary>This node's own proposal, so that a restarted leader repeats it instead of making another.</summary>
    public sealed record Proposed(Statement Notarize, ReadOnlyMemory<byte> Content) : WalRecord
    {
        public override Epoch Epoch => Notarize.Epoch;

        public override View View => Notarize.View;
    }

    /// <summary>The record as a new array.</summary>
    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        Encode(buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the record.</summary>
    public void Encode(IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        switch (this)
        {
            case Voted voted:
                writer.WriteArrayHeader(2);
                writer.Write(VotedTag);
                ConsensusMessageCodec.WriteStatement(writer, voted.Statement);
                break;
            case Accepted accepted:
                writer.WriteArrayHeader(4);
                writer.Write(AcceptedTag);
                ConsensusMessageCodec.WriteCertificateFields(writer, accepted.Certificate);
                break;
            case Certified certified:
                writer.WriteArrayHeader(5);
                writer.Write(CertifiedTag);
                writer.Write(certified.Of.Value);
                writer.Write(certified.At.Value);
                writer.Write(certified.Hash);
                writer.Write(certified.Valid);
                break;
            case Proposed proposed:
                writer.WriteArrayHeader(3);
                writer.Write(ProposedTag);
                ConsensusMessageCodec.WriteStatement(writer, proposed.Notarize);
                writer.Write(proposed.Content.Span);
                break;
            default:
                throw Invariant.Fail($"no encoding for {GetType().Name}");
        }
    }

    /// <summary>Reads one record that fills <paramref name="bytes"/>; false means the log is corrupt there.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out WalRecord? record)
    {
        record = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(5, out int fields) || !reader.TryReadUInt8(out byte tag))
        {
            return false;
        }

        switch (tag, fields)
        {
            case (VotedTag, 2) when ConsensusMessageCodec.TryReadStatement(ref reader, out Statement statement):
                record = new Voted(statement);
                break;
            case (AcceptedTag, 4) when ConsensusMessageCodec.ReadCertificateFields(ref reader) is { } certificate:
                record = new Accepted(certificate);
                break;
            case (CertifiedTag, 5) when reader.TryReadUInt64(out ulong epoch) && reader.TryReadUInt64(out ulong view)
                && reader.TryReadHash(out Hash256 hash) && reader.TryReadBoolean(out bool valid):
                record = new Certified(new Epoch(epoch), new View(view), hash, valid);
                break;
            case (ProposedTag, 3) when ConsensusMessageCodec.TryReadStatement(ref reader, out Statement notarize)
                && notarize.Kind == VoteKind.Notarize
                && reader.TryReadBinary(ConsensusMessageCodec.MaximumContent, out ReadOnlySpan<byte> content):
                record = new Proposed(notarize, content.ToArray());
                break;
            default:
                return false;
        }

        record = reader.End ? record : null;
        return record is not null;
    }
}
