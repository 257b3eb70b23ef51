using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Consensus;

/// <summary>What this node knows of a view that it gave up or that a quorum gave up.</summary>
/// <remarks>MessagePack, for this node alone: [view u64, reason u8 or 0, detail str, at u64, signers bin].</remarks>
/// <param name="View">The view.</param>
/// <param name="Reason">Why this node gave it up; null when it did not.</param>
/// <param name="Detail">What the chain knew then (<see cref="ViewDetail"/>).</param>
/// <param name="At">When this node first heard or said so.</param>
/// <param name="Signers">Who signed the nullification; empty while this node has none, as for a view that ended with a block after all.</param>
public sealed record ViewRecord(View View, NullifyReason? Reason, string Detail, Timestamp At, SignerBitmap Signers)
{
    private const int MaximumDetail = 64;
    private const int MaximumSigners = 128;

    /// <summary>Whether a quorum gave the view up.</summary>
    public bool IsNullified => Signers.Count > 0;

    internal byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(5);
        writer.Write(View.Value);
        writer.Write((ulong)(Reason ?? 0));
        writer.Write(Detail);
        writer.Write(At.Milliseconds);
        writer.Write(Signers.Bytes);
        return buffer.WrittenSpan.ToArray();
    }

    internal static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ViewRecord? record)
    {
        record = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(5) || !reader.TryReadUInt64(out ulong view) || !reader.TryReadUInt8(out byte reason)
            || !reader.TryReadString(MaximumDetail, out string detail) || !reader.TryReadUInt64(out ulong at)
            || !reader.TryReadBinary(MaximumSigners, out ReadOnlySpan<byte> signers) || !reader.End
            || (reason != 0 && !Enum.IsDefined((NullifyReason)reason)))
        {
            return false;
        }

        record = new ViewRecord(new View(view), reason == 0 ? null : (NullifyReason)reason, detail, new Timestamp(at), SignerBitmap.From(signers));
        return true;
    }
}
