using Aeamc.P2P.Blocks.Tests;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Node.Hosting;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Hosting;

public sealed class BlockAnnouncementTests : IDisposable
{
    private readonly TestCommittee _committee = new();
    private readonly MicroblockHeader _header = SampleHeader.Of(BlockPayload.Empty);

    public void Dispose() => _committee.Dispose();

    private BlockRef Block => new(_header.ComputeHash(), _header.Height, _header.View, _header.PreviousHash, new View(5));

    private MessageValidity Judge(byte[] bytes) => BlockAnnouncement.Judge(bytes, _committee.Verifier);

    [Fact]
    public void It_is_the_header_and_the_certificate()
    {
        Certificate finalization = _committee.Finalization(Block);
        byte[] certificate = ConsensusMessageCodec.Encode(finalization);

        byte[] bytes = BlockAnnouncement.Encode(_header, finalization);

        Assert.Equal([0x92, 0xc5, 0x01, 0x3d, .. _header.ToArray(), 0xc5, (byte)(certificate.Length >> 8), (byte)(certificate.Length & 0xff), .. certificate], bytes);
        Assert.Equal(MessageValidity.Accept, Judge(bytes));
    }

    [Fact]
    public void What_no_quorum_finalized_is_the_senders_fault()
    {
        byte[] good = BlockAnnouncement.Encode(_header, _committee.Finalization(Block));
        var random = new Random(9);
        for (int round = 0; round < 500; round++)
        {
            byte[] bytes = [.. good];
            bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
            Assert.Equal(MessageValidity.Reject, Judge(bytes));
            Assert.Equal(MessageValidity.Reject, Judge(good[..random.Next(good.Length)]));
        }

        Assert.Equal(MessageValidity.Reject, Judge(BlockAnnouncement.Encode(_header, _committee.Notarization(Block))));
        Assert.Equal(MessageValidity.Reject, Judge(BlockAnnouncement.Encode(_header with { ReceiptCount = 4 }, _committee.Finalization(Block))));
        Assert.Equal(MessageValidity.Reject, Judge([.. good, 0]));
    }
}
