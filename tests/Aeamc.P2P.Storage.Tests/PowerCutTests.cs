using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Log;
using Aeamc.P2P.Storage.Signer;

namespace Aeamc.P2P.Storage.Tests;

/// <summary>What must be there when the power comes back: everything that was synced, on a disk that forgets the rest.</summary>
public sealed class PowerCutTests : IDisposable
{
    private static readonly ConsensusLogOptions Options = new() { SegmentBytes = 1024, OpenFile = ForgetfulDisk.Open };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Synced_records_are_there_in_every_segment_and_no_other()
    {
        using (ConsensusLog log = ConsensusLog.Open(_folder["wal"], Options))
        {
            for (int i = 0; i < 20; i++)
            {
                log.Append(1, 0, Payload(i));
                log.Sync();
            }

            Assert.True(log.SegmentCount > 2);
            log.Append(1, 0, Payload(20));
        }

        using ConsensusLog again = ConsensusLog.Open(_folder["wal"], Options);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (byte)i), again.Replay().Select(record => record.Payload.Span[0]));
    }

    [Fact]
    public void A_log_that_was_just_made_is_whole()
    {
        ConsensusLog.Open(_folder["wal"], Options).Dispose();
        using ConsensusLog again = ConsensusLog.Open(_folder["wal"], Options);
        Assert.Empty(again.Replay());
    }

    [Fact]
    public void A_watermark_that_was_raised_is_there()
    {
        var mark = new SignerMark(Epoch.Zero, new View(7), 1, Hash256.Of([1]));
        using (SignerWatermark watermark = SignerWatermark.Open(_folder["mark"], ForgetfulDisk.Open))
        {
            Assert.Equal(WatermarkVerdict.Raised, watermark.TryRaise(mark));
        }

        using SignerWatermark again = SignerWatermark.Open(_folder["mark"]);
        Assert.Equal(mark, again.Highest);
    }

    private static byte[] Payload(int number) => [.. Enumerable.Repeat((byte)number, 150)];
}
