using System.Buffers.Binary;
using Aeamc.P2P.Storage.Log;

namespace Aeamc.P2P.Storage.Tests.Log;

/// <summary>What a crash can leave is cut off; what it cannot leave is refused.</summary>
public sealed class ConsensusLogDamageTests : IDisposable
{
    private static readonly ConsensusLogOptions Small = new() { SegmentBytes = 1024 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Tears => ["zeros behind the cut", "noise behind the cut", "zeros before the cut", "noise before the cut"];

    [Theory]
    [MemberData(nameof(Tears))]
    public void A_last_sync_torn_at_any_byte_is_cut_off(string tear)
    {
        (string file, byte[] whole, List<int> frames) = Write([[[1], [2, 2]], [[3, 3, 3], [4, 4], [5]]]);
        byte[] noise = new byte[whole.Length];
        new Random(1).NextBytes(noise);
        int start = frames[1];
        int end = frames[2];
        for (int cut = start; cut < end; cut++)
        {
            byte[] torn = (byte[])whole.Clone();
            switch (tear)
            {
                case "zeros behind the cut":
                    torn.AsSpan(cut..end).Clear();
                    break;
                case "noise behind the cut":
                    noise.AsSpan(cut..end).CopyTo(torn.AsSpan(cut));
                    break;
                case "zeros before the cut":
                    torn.AsSpan(start..(cut + 1)).Clear();
                    break;
                default:
                    noise.AsSpan(start..(cut + 1)).CopyTo(torn.AsSpan(start));
                    break;
            }

            File.WriteAllBytes(file, torn);
            using (ConsensusLog log = Open())
            {
                // A last payload byte that was zero anyway loses nothing by being cleared; ours are not zero.
                Assert.Equal(["01", "0202"], Payloads(log));
                Assert.Equal(2UL, log.NextSequence);
                log.Append(9, 9, [9]);
                log.Sync();
            }

            using ConsensusLog again = Open();
            Assert.Equal(0, again.TornBytes);
            Assert.Equal(["01", "0202", "09"], Payloads(again));
        }
    }

    [Fact]
    public void A_flipped_bit_before_later_records_is_refused_with_its_place_and_mended_by_repair()
    {
        (string file, byte[] whole, List<int> frames) = Write([[[1]], [[2], [3]], [[4]]]);
        for (int at = 0; at < frames[2]; at++)
        {
            byte[] flipped = (byte[])whole.Clone();
            flipped[at] ^= 0x10;
            File.WriteAllBytes(file, flipped);
            long expected = at < frames[0] ? 0 : frames.Last(frame => frame <= at);

            ConsensusLogCorruptException refused = Assert.Throws<ConsensusLogCorruptException>(() => Open());
            Assert.Equal((file, expected), (refused.File, refused.Offset));
            Assert.Contains("aeamc wal repair", refused.Message, StringComparison.Ordinal);
            Assert.Contains(file, refused.Message, StringComparison.Ordinal);
            Assert.True(ConsensusLogInspection.Inspect(_folder["wal"])[^1].Damaged);

            LogRepair repair = ConsensusLogInspection.Repair(_folder["wal"])!;
            Assert.Equal(expected, repair.Offset);
            Assert.Equal(flipped, File.ReadAllBytes(Assert.Single(repair.SetAside)));
            using ConsensusLog mended = Open();
            Assert.Equal(repair.RecordsKept, mended.NextSequence);
            string[] all = ["01", "02", "03"];
            Assert.Equal(all.Take((int)repair.RecordsKept), Payloads(mended));

            foreach (string left in Directory.GetFiles(_folder["wal"]))
            {
                File.Delete(left);
            }
        }
    }

    [Fact]
    public void Whatever_byte_is_damaged_nothing_before_it_is_lost_and_nothing_behind_it_is_believed()
    {
        string[] all = ["01", "02", "03", "04"];
        (string file, byte[] whole, List<int> frames) = Write([[[1]], [[2], [3]], [[4]]]);
        int[] before = [0, 1, 3];
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] damaged = (byte[])whole.Clone();
            damaged[at] ^= 0x40;
            File.WriteAllBytes(file, damaged);
            int frame = frames.FindLastIndex(start => start <= at);
            if (frame is -1 or 0 or 1)
            {
                // In the header, or before frames that are whole: no crash leaves that.
                Assert.Equal(frame < 0 ? 0 : frames[frame], Assert.Throws<ConsensusLogCorruptException>(() => Open()).Offset);
            }
            else
            {
                // The last frame cannot be told from one that a crash has torn; the zeros behind it hold nothing.
                using ConsensusLog log = Open();
                Assert.Equal(all.Take(frame == 2 ? before[2] : 4), Payloads(log));
                Assert.True(log.TornBytes > 0);
            }
        }
    }

    [Fact]
    public void A_torn_end_before_a_newer_segment_is_damage()
    {
        Write([[new byte[500]], [[2]], [new byte[900]], [[4]]]);
        string[] files = Files();
        Assert.True(files.Length > 2);
        byte[] content = File.ReadAllBytes(files[0]);
        SegmentScan scan = SegmentScan.Read(files[0]);
        content[scan.EndOffset - 1] ^= 1;
        File.WriteAllBytes(files[0], content);

        ConsensusLogCorruptException refused = Assert.Throws<ConsensusLogCorruptException>(() => Open());
        Assert.Equal(files[0], refused.File);

        LogRepair repair = ConsensusLogInspection.Repair(_folder["wal"])!;
        Assert.Equal(files.Length, repair.SetAside.Count);
        using ConsensusLog mended = Open();
        Assert.Equal(500, Assert.Single(mended.Replay()).Payload.Length);
    }

    [Fact]
    public void A_missing_segment_is_damage()
    {
        Write([[new byte[900]], [new byte[900]], [new byte[900]]]);
        string[] files = Files();
        Assert.Equal(3, files.Length);
        File.Delete(files[1]);
        ConsensusLogCorruptException refused = Assert.Throws<ConsensusLogCorruptException>(() => Open());
        Assert.Equal(files[2], refused.File);
        Assert.NotNull(ConsensusLogInspection.Repair(_folder["wal"]));
        using ConsensusLog mended = Open();
        Assert.Single(mended.Replay());
    }

    [Fact]
    public void A_logged_payload_cannot_pose_as_a_record()
    {
        // A peer who knows the format but not the segment's salt.
        byte[] forged = new byte[LogFormat.FrameHeaderBytes + LogFormat.RecordHeaderBytes];
        LogFormat.WriteRecordHeader(forged.AsSpan(LogFormat.FrameHeaderBytes), 1, 0, 0);
        LogFormat.SealFrame(forged, 1, 1, salt: 0);
        (string file, byte[] whole, List<int> frames) = Write([[[1]], [forged]]);
        whole[frames[1]] ^= 1;
        File.WriteAllBytes(file, whole);
        using ConsensusLog log = Open();
        Assert.Single(log.Replay());
        Assert.True(log.TornBytes > 0);
    }

    [Fact]
    public void A_segment_of_another_format_is_refused_by_name()
    {
        (string file, byte[] whole, _) = Write([[[1]]]);
        BinaryPrimitives.WriteUInt32LittleEndian(whole.AsSpan(8), LogFormat.Version + 1);
        BinaryPrimitives.WriteUInt32LittleEndian(whole.AsSpan(60), Crc32C.Compute(whole.AsSpan(0, 60)));
        File.WriteAllBytes(file, whole);

        Assert.Contains($"format {LogFormat.Version + 1}", Assert.Throws<ConsensusLogCorruptException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_that_stands_twice_is_damage()
    {
        (string file, byte[] whole, List<int> frames) = Write([[[1]], [[2]]]);
        whole.AsSpan(frames[0]..frames[1]).CopyTo(whole.AsSpan(frames[1]));
        File.WriteAllBytes(file, whole);

        Assert.Equal(frames[1], Assert.Throws<ConsensusLogCorruptException>(() => Open()).Offset);
    }

    [Fact]
    public void A_frame_whose_record_claims_more_than_the_frame_holds_is_damage()
    {
        (string file, byte[] whole, List<int> frames) = Write([[[1, 2, 3]]]);
        Span<byte> frame = whole.AsSpan(frames[0]..frames[1]);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[(LogFormat.FrameHeaderBytes + 9)..], 4);
        LogFormat.SealFrame(frame, 0, 1, SegmentScan.Read(file).Salt);
        File.WriteAllBytes(file, whole);

        Assert.Equal(frames[0], Assert.Throws<ConsensusLogCorruptException>(() => Open()).Offset);
    }

    [Fact]
    public void Inspection_changes_nothing_and_shows_every_whole_record()
    {
        (string file, byte[] whole, List<int> frames) = Write([[[1]], [[2]]]);
        whole[frames[2] - 1] ^= 1;
        File.WriteAllBytes(file, whole);
        List<ulong> seen = [];
        LogSegmentReport report = Assert.Single(ConsensusLogInspection.Inspect(_folder["wal"], record => seen.Add(record.Sequence)));
        Assert.Equal([0UL], seen);
        Assert.False(report.Damaged);
        Assert.NotNull(report.Problem);
        Assert.Equal((1, frames[1]), (report.Records, report.UsedBytes));
        Assert.Equal(whole, File.ReadAllBytes(file));
        Assert.Null(ConsensusLogInspection.Repair(_folder["wal"]));
    }

    [Fact]
    public void The_formats_bytes_are_frozen()
    {
        byte[] header = new byte[LogFormat.HeaderBytes];
        LogFormat.WriteHeader(header, 0x0102, 0x0304);
        Assert.Equal(
            "4145414D4357414C" + "01000000" + "00000000" + "0201000000000000" + "0403000000000000" + new string('0', 56) + "3F1E9081",
            Convert.ToHexString(header));
        byte[] frame = new byte[LogFormat.FrameHeaderBytes + LogFormat.RecordHeaderBytes + 2];
        LogFormat.WriteRecordHeader(frame.AsSpan(LogFormat.FrameHeaderBytes), 5, 6, 2);
        frame[^2] = 0xAA;
        frame[^1] = 0xBB;
        LogFormat.SealFrame(frame, 7, 1, 0x0304);
        Assert.Equal("57414C46" + "0F000000" + "0700000000000000" + "01000000" + "512D8D08" + "05" + "0600000000000000" + "02000000" + "AABB", Convert.ToHexString(frame));
    }

    private ConsensusLog Open() => ConsensusLog.Open(_folder["wal"], Small);

    private string[] Files() => [.. Directory.GetFiles(_folder["wal"]).Order(StringComparer.Ordinal)];

    private static List<string> Payloads(ConsensusLog log) => [.. log.Replay().Select(record => Convert.ToHexString(record.Payload.Span))];

    /// <summary>Writes groups of payloads, one sync each. Returns the first file, its content, and where its frames start (and the last one ends).</summary>
    private (string File, byte[] Content, List<int> Frames) Write(byte[][][] syncs)
    {
        List<int> frames = [LogFormat.HeaderBytes];
        using (ConsensusLog log = Open())
        {
            foreach (byte[][] group in syncs)
            {
                int length = LogFormat.FrameHeaderBytes;
                foreach (byte[] payload in group)
                {
                    log.Append(1, 0, payload);
                    length += LogFormat.RecordHeaderBytes + payload.Length;
                }

                log.Sync();
                frames.Add(frames[^1] + length);
            }
        }

        string file = Files()[0];
        return (file, File.ReadAllBytes(file), frames);
    }
}
