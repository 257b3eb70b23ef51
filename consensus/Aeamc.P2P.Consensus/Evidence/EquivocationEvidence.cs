using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Evidence;

/// <summary>
/// Two votes of one member that exclude one another; verifiable by anyone who knows the epoch's committee. Wire: [kind, first vote,
/// second vote], a vote as in a proposal. The order is canonical (a Nullify first; otherwise the smaller block hash, then the smaller
/// parent view first), so one offence has one encoding but for the signatures.
/// </summary>
public sealed record EquivocationEvidence
{
    private EquivocationEvidence(EquivocationKind kind, Vote first, Vote second)
    {
        Kind = kind;
        First = first;
        Second = second;
    }

    /// <summary>What was done.</summary>
    public EquivocationKind Kind { get; }

    public Vote First { get; }

    public Vote Second { get; }

    /// <summary>Who did it, in the epoch's committee.</summary>
    public NodeIndex Offender => First.Voter;

    /// <summary>The epoch it was done in.</summary>
    public Epoch Epoch => First.Epoch;

    /// <summary>The view it was done in.</summary>
    public View View => First.Statement.View;

    /// <summary>What a member that signed both statements did; null when an honest one may sign both.</summary>
    public static EquivocationKind? KindOf(in Statement one, in Statement other) =>
        one.Epoch != other.Epoch || one.View != other.View || one == other ? null
        : (one.Kind, other.Kind) switch
        {
            (VoteKind.Notarize, VoteKind.Notarize) => EquivocationKind.TwoNotarizes,
            (VoteKind.Finalize, VoteKind.Finalize) => EquivocationKind.TwoFinalizes,
            (VoteKind.Nullify, VoteKind.Finalize) or (VoteKind.Finalize, VoteKind.Nullify) => EquivocationKind.NullifyAndFinalize,
            _ => null,
        };

    /// <summary>Evidence out of two votes, in either order; false when an honest member could have cast both.</summary>
    public static bool TryCreate(Vote one, Vote other, [NotNullWhen(true)] out EquivocationEvidence? evidence)
    {
        evidence = null;
        if (one.Voter == other.Voter && KindOf(one.Statement, other.Statement) is { } kind)
        {
            bool inOrder = Precedes(one.Statement, other.Statement);
            evidence = inOrder ? new EquivocationEvidence(kind, one, other) : new EquivocationEvidence(kind, other, one);
        }

        return evidence is not null;
    }

    /// <summary>Checks both signatures against the epoch's committee.</summary>
    public VerificationResult Verify(MessageVerifier verifier)
    {
        VerificationResult first = verifier.Verify(First, out _);
        return first == VerificationResult.Valid ? verifier.Verify(Second, out _) : first;
    }

    /// <summary>The evidence as a new array.</summary>
    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(3);
        writer.Write((byte)Kind);
        foreach (Vote vote in (ReadOnlySpan<Vote>)[First, Second])
        {
            writer.WriteArrayHeader(3);
            ConsensusMessageCodec.WriteVoteFields(writer, vote);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads evidence that is in canonical order and does show an offence; signatures are not checked here.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out EquivocationEvidence? evidence)
    {
        evidence = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(3) || !reader.TryReadUInt8(out byte kind)
            || !reader.TryReadArrayHeader(3) || ConsensusMessageCodec.ReadVoteFields(ref reader) is not { } first
            || !reader.TryReadArrayHeader(3) || ConsensusMessageCodec.ReadVoteFields(ref reader) is not { } second
            || !reader.End)
        {
            return false;
        }

        bool sound = TryCreate(first, second, out evidence) && (byte)evidence.Kind == kind && ReferenceEquals(evidence.First, first);
        evidence = sound ? evidence : null;
        return evidence is not null;
    }

    private static bool Precedes(in Statement a, in Statement b)
    {
        if (a.Kind != b.Kind)
        {
            return a.Kind == VoteKind.Nullify;
        }

        int order = a.Block.Hash.CompareTo(b.Block.Hash);
        order = order != 0 ? order : a.Block.ParentView.CompareTo(b.Block.ParentView);
        order = order != 0 ? order : a.Block.ParentHash.CompareTo(b.Block.ParentHash);
        order = order != 0 ? order : a.Block.Height.CompareTo(b.Block.Height);
        return order < 0;
    }
}
