using System.Buffers;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Hosting;

/// <summary>What a finalized block looks like on the <c>blocks</c> topic: enough for an observer to follow the chain and check it.</summary>
/// <remarks>MessagePack: [header bin 317, finalization certificate bin].</remarks>
public static class BlockAnnouncement
{
    private const int MaximumCertificate = 64 * 1024;

    public static byte[] Encode(MicroblockHeader header, Certificate finalization)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write(header.ToArray());
        writer.Write(ConsensusMessageCodec.Encode(finalization));
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Accept when a quorum finalized that very header; anything else is the sender's fault, for it could have checked.</summary>
    public static MessageValidity Judge(ReadOnlySpan<byte> bytes, MessageVerifier verifier)
    {
        var reader = new MessagePackReader(bytes);
        return reader.TryReadArrayHeader(2)
            && reader.TryReadExactly(MicroblockHeader.Size, out ReadOnlySpan<byte> headerBytes)
            && reader.TryReadBinary(MaximumCertificate, out ReadOnlySpan<byte> certificateBytes)
            && reader.End
            && MicroblockHeader.TryDecode(headerBytes, out MicroblockHeader? header)
            && ConsensusMessageCodec.TryDecode(certificateBytes, out ConsensusMessage? message)
            && message is Certificate { Kind: VoteKind.Finalize } certificate
            && certificate.Block.Hash == header.ComputeHash()
            && verifier.Verify(certificate, out _) == VerificationResult.Valid
            ? MessageValidity.Accept
            : MessageValidity.Reject;
    }
}
