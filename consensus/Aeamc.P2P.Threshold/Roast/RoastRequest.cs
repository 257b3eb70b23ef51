using System.Buffers;
using Aeamc.P2P.Threshold.Frost;

namespace Aeamc.P2P.Threshold.Roast;

/// <summary>What a coordinator asks of a signer.</summary>
public abstract record RoastRequest(Hash256 Message)
{
    private const byte CommitKind = 0, SignKind = 1;

    /// <summary>Asks for a nonce commitment. Encoding: [0, message bin 32].</summary>
    public sealed record Commit(Hash256 Message) : RoastRequest(Message);

    /// <summary>
    /// Asks for a signature share. Encoding: [1, message bin 32, session u16, [[member u16, hiding bin 33, binding bin 33] * t]], members ascending.
    /// </summary>
    public sealed record Sign(Hash256 Message, ushort Session, ImmutableArray<NonceCommitment> Commitments) : RoastRequest(Message);

    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        switch (this)
        {
            case Commit:
                writer.WriteArrayHeader(2);
                writer.Write(CommitKind);
                writer.Write(Message);
                break;
            case Sign sign:
                writer.WriteArrayHeader(4);
                writer.Write(SignKind);
                writer.Write(Message);
                writer.Write(sign.Session);
                writer.WriteArrayHeader(sign.Commitments.Length);
                foreach (NonceCommitment commitment in sign.Commitments)
                {
                    writer.WriteArrayHeader(3);
                    writer.Write(commitment.Member.Value);
                    WirePoints.Write(writer, commitment.Hiding);
                    WirePoints.Write(writer, commitment.Binding);
                }

                break;
            default:
                throw Invariant.Fail("unknown ROAST request");
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a request for a key of <paramref name="threshold"/> signers; false when it is not in canonical form.</summary>
    public static bool TryDecode(ISecp256k1Group group, int threshold, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out RoastRequest? request)
    {
        request = null;
        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(4, out int fields) || !reader.TryReadUInt8(out byte kind) || !reader.TryReadHash(out Hash256 message))
        {
            return false;
        }

        if (kind == CommitKind && fields == 2 && reader.End)
        {
            request = new Commit(message);
            return true;
        }

        if (kind != SignKind || fields != 4 || !reader.TryReadUInt16(out ushort session) || !reader.TryReadArrayHeader(threshold))
        {
            return false;
        }

        ImmutableArray<NonceCommitment>.Builder commitments = ImmutableArray.CreateBuilder<NonceCommitment>(threshold);
        for (int i = 0; i < threshold; i++)
        {
            if (!reader.TryReadArrayHeader(3)
                || !reader.TryReadUInt16(out ushort member)
                || !WirePoints.TryRead(ref reader, group, out CurvePoint hiding)
                || !WirePoints.TryRead(ref reader, group, out CurvePoint binding))
            {
                return false;
            }

            commitments.Add(new NonceCommitment(new NodeIndex(member), hiding, binding));
        }

        if (!reader.End)
        {
            return false;
        }

        request = new Sign(message, session, commitments.MoveToImmutable());
        return true;
    }
}
