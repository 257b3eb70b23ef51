using System.Buffers.Binary;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Baseline;

/// <summary>The three kinds of the paper.</summary>
public enum TendermintKind : byte
{
    Proposal = 1,
    Prevote = 2,
    Precommit = 3,
}

/// <summary>
/// PROPOSAL(h, r, v, vr), PREVOTE(h, r, id) or PRECOMMIT(h, r, id). Wire: kind, height u64, round u32, valid round u32 (all ones for none), sender u16, id 32 (zeros for
/// nil), signature 64; a proposal's content follows.
/// </summary>
public sealed record TendermintMessage(TendermintKind Kind, long Height, int Round, int ValidRound, int Sender, Hash256 Id, ReadOnlyMemory<byte> Content)
{
    private const int Signed = 1 + 8 + 4 + 4 + 2 + 32;

    public byte[] Encode(NodeId signer)
    {
        var bytes = new byte[Signed + VoteSignature.Size + Content.Length];
        bytes[0] = (byte)Kind;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), Height);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(9), Round);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(13), ValidRound);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(17), (ushort)Sender);
        Id.CopyTo(bytes.AsSpan(19));
        ToySignatures.Sign(signer, bytes.AsSpan(0, Signed)).CopyTo(bytes.AsSpan(Signed));
        Content.Span.CopyTo(bytes.AsSpan(Signed + VoteSignature.Size));
        return bytes;
    }

    /// <summary>The message if it is signed by the sender that it names.</summary>
    public static TendermintMessage? Read(byte[] bytes, IReadOnlyList<NodeId> members)
    {
        if (bytes.Length < Signed + VoteSignature.Size)
        {
            return null;
        }

        int sender = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(17));
        if (sender >= members.Count || ToySignatures.Sign(members[sender], bytes.AsSpan(0, Signed)) != new VoteSignature(bytes.AsSpan(Signed, VoteSignature.Size)))
        {
            return null;
        }

        return new TendermintMessage(
            (TendermintKind)bytes[0],
            BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(1)),
            BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(9)),
            BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(13)),
            sender,
            new Hash256(bytes.AsSpan(19, Hash256.Size)),
            bytes.AsMemory(Signed + VoteSignature.Size));
    }
}
