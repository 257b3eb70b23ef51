using System.Buffers;
using Aeamc.P2P.Threshold.Frost;

namespace Aeamc.P2P.Threshold.Roast;

/// <summary>What a signer answers. A commitment's member is the sender, whom the transport names, so it is not on the wire.</summary>
public abstract record RoastReply(Hash256 Message)
{
    private const byte CommittedKind = 0, SignedKind = 1, RefusedKind = 2;

    /// <summary>Encoding: [0, message bin 32, hiding bin 33, binding bin 33].</summary>
    public sealed record Committed(Hash256 Message, NonceCommitment Commitment) : RoastReply(Message);

    /// <summary>
    /// A signature share, and the commitment for the signer's next session. Encoding: [1, message bin 32, session u16, share bin 32, hiding bin 33,
    /// binding bin 33].
    /// </summary>
    public sealed record Signed(Hash256 Message, ushort Session, Scalar Share, NonceCommitment Next) : RoastReply(Message);

    /// <summary>Encoding: [2, message bin 32, reason u8].</summary>
    public sealed record Refused(Hash256 Message, RoastRefusal Reason) : RoastReply(Message);

    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        switch (this)
        {
            case Committed committed:
                writer.WriteArrayHeader(4);
                writer.Write(CommittedKind);
                writer.Write(Message);
                WirePoints.Write(writer, committed.Commitment.Hiding);
                WirePoints.Write(writer, committed.Commitment.Binding);
                break;
            case Signed signed:
                writer.WriteArrayHeader(6);
                writer.Write(SignedKind);
                writer.Write(Message);
                writer.Write(signed.Session);
                WirePoints.Write(writer, signed.Share);
                WirePoints.Write(writer, signed.Next.Hiding);
                WirePoints.Write(writer, signed.Next.Binding);
                break;
            case Refused refused:
                writer.WriteArrayHeader(3);
                writer.Write(RefusedKind);
                writer.Write(Message);
                writer.Write((ulong)refused.Reason);
                break;
            default:
                throw Invariant.Fail("unknown ROAST reply");
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a reply of <paramref name="sender"/>; false when it is not in canonical form.</summary>
    public static bool TryDecode(ISecp256k1Group group, NodeIndex sender, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out RoastReply? reply)
    {
        reply = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(6, out int fields) || !reader.TryReadUInt8(out byte kind) || !reader.TryReadHash(out Hash256 message))
        {
            return false;
        }

        switch (kind)
        {
            case CommittedKind when fields == 4 && TryReadCommitment(ref reader, group, sender, out NonceCommitment commitment):
                reply = new Committed(message, commitment);
                break;
            case SignedKind when fields == 6
                && reader.TryReadUInt16(out ushort session)
                && WirePoints.TryRead(ref reader, out Scalar share)
                && TryReadCommitment(ref reader, group, sender, out NonceCommitment next):
                reply = new Signed(message, session, share, next);
                break;
            case RefusedKind when fields == 3 && reader.TryReadUInt8(out byte reason) && reason is >= 1 and <= (byte)RoastRefusal.TooManySessions:
                reply = new Refused(message, (RoastRefusal)reason);
                break;
            default:
                return false;
        }

        return reader.End;
    }

    private static bool TryReadCommitment(ref MessagePackReader reader, ISecp256k1Group group, NodeIndex sender, out NonceCommitment commitment)
    {
        commitment = default;
        if (!WirePoints.TryRead(ref reader, group, out CurvePoint hiding) || !WirePoints.TryRead(ref reader, group, out CurvePoint binding))
        {
            return false;
        }

        commitment = new NonceCommitment(sender, hiding, binding);
        return true;
    }
}
