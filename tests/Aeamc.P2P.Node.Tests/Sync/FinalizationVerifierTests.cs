using Aeamc.P2P.Blocks;
using Aeamc.P2P.Blocks.Tests;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Node.Sync;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Sync;

public sealed class FinalizationVerifierTests : IDisposable
{
    private readonly TestCommittee _committee = new();

    public void Dispose() => _committee.Dispose();

    [Fact]
    public void Only_a_quorums_finalization_of_that_very_header_makes_it_final()
    {
        MicroblockHeader header = SampleHeader.Of(BlockPayload.Empty);
        var block = new BlockRef(header.ComputeHash(), header.Height, header.View, header.PreviousHash, new View(5));
        var verifier = new FinalizationVerifier(_committee.Verifier);
        Certificate good = _committee.Finalization(block);
        Assert.True(verifier.Verify(header, Encode(good)));

        byte[] forged = Encode(good);
        forged[^1] ^= 1;
        ReadOnlyMemory<byte> twoSignatures = good.Signatures[..(2 * VoteSignature.Size)];
        byte[][] bad =
        [
            forged,
            Encode(_committee.Notarization(block)),
            Encode(_committee.Finalization(block with { Hash = Hash256.Of("other"u8) })),
            Encode(_committee.Finalization(block with { Height = block.Height.Next })),
            Encode(new Certificate(good.Statement, SignerBitmap.From([0b011]), twoSignatures)),
            Encode(_committee.Vote(new NodeIndex(0), good.Statement)),
            [],
        ];
        Assert.All(bad, certificate => Assert.False(verifier.Verify(header, certificate)));
        Assert.False(verifier.Verify(header with { ReceiptCount = 4 }, Encode(good)));
    }

    private static byte[] Encode(ConsensusMessage message) => ConsensusMessageCodec.Encode(message);
}
