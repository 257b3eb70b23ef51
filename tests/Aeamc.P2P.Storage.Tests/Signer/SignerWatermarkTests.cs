using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Signer;

namespace Aeamc.P2P.Storage.Tests.Signer;

public sealed class SignerWatermarkTests : IDisposable
{
    private static readonly Hash256 A = Hash256.Of([1]);
    private static readonly Hash256 B = Hash256.Of([2]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_mark_is_there_after_reopening()
    {
        using (SignerWatermark watermark = Open())
        {
            Assert.Null(watermark.Highest);
            Assert.Equal(WatermarkVerdict.Raised, watermark.TryRaise(Mark(0, 5, 1, A)));
            Assert.Equal(WatermarkVerdict.Raised, watermark.TryRaise(Mark(1, 2, 2, B)));
        }

        using SignerWatermark again = Open();
        Assert.Equal(Mark(0, 5, 1, A), again.Of(1));
        Assert.Equal(Mark(1, 2, 2, B), again.Of(2));
        Assert.Null(again.Of(3));
        Assert.Equal(Mark(1, 2, 2, B), again.Highest);
    }

    [Fact]
    public void It_only_moves_up_and_never_to_another_statement_of_one_view()
    {
        using SignerWatermark watermark = Open();
        Assert.Equal(WatermarkVerdict.Raised, watermark.TryRaise(Mark(1, 5, 1, A)));
        Assert.Equal(WatermarkVerdict.Repeated, watermark.TryRaise(Mark(1, 5, 1, A)));
        Assert.Equal(WatermarkVerdict.Conflict, watermark.TryRaise(Mark(1, 5, 1, B)));
        Assert.Equal(WatermarkVerdict.Below, watermark.TryRaise(Mark(1, 4, 1, A)));
        Assert.Equal(WatermarkVerdict.Below, watermark.TryRaise(Mark(0, 9, 1, A)));
        Assert.Equal(WatermarkVerdict.Raised, watermark.TryRaise(Mark(1, 5, 2, B)));
        Assert.Equal(WatermarkVerdict.Raised, watermark.TryRaise(Mark(2, 1, 1, B)));
        Assert.Equal(Mark(2, 1, 1, B), watermark.Of(1));
    }

    [Fact]
    public void Of_two_statements_in_one_view_the_later_kind_is_the_highest()
    {
        using SignerWatermark watermark = Open();
        watermark.TryRaise(Mark(0, 5, 1, A));
        watermark.TryRaise(Mark(0, 5, 3, A));
        Assert.Equal(Mark(0, 5, 3, A), watermark.Highest);
    }

    [Fact]
    public void Several_statements_are_raised_together_or_not_at_all()
    {
        using SignerWatermark watermark = Open();
        Assert.Equal(WatermarkVerdict.Raised, watermark.TryRaise([Mark(0, 3, 1, A), Mark(0, 3, 2, A)], SignerTail.Empty));
        Assert.Equal(WatermarkVerdict.Conflict, watermark.TryRaise([Mark(0, 4, 1, A), Mark(0, 3, 2, B)], SignerTail.Empty));
        Assert.Equal(Mark(0, 3, 1, A), watermark.Of(1));
        Assert.Equal(WatermarkVerdict.Conflict, watermark.TryRaise([Mark(0, 5, 1, A), Mark(0, 5, 1, B)], SignerTail.Empty));
        Assert.Equal(WatermarkVerdict.Repeated, watermark.TryRaise([Mark(0, 3, 1, A), Mark(0, 4, 2, A)], SignerTail.Empty));
        Assert.Equal(Mark(0, 4, 2, A), watermark.Of(2));
    }

    [Fact]
    public void A_write_torn_at_any_byte_leaves_the_mark_before_it_or_after_it()
    {
        SignerMark before = Mark(0, 7, 1, A);
        SignerMark after = Mark(0, 8, 1, B);
        using (SignerWatermark watermark = Open())
        {
            watermark.TryRaise(Mark(0, 6, 1, A));
            watermark.TryRaise(before);
        }

        byte[] old = File.ReadAllBytes(_folder["signer"]);
        using (SignerWatermark watermark = Open())
        {
            watermark.TryRaise(after);
        }

        byte[] fresh = File.ReadAllBytes(_folder["signer"]);
        HashSet<SignerMark?> seen = [];
        int first = fresh.AsSpan().CommonPrefixLength(old);
        Assert.Equal(old[..(2 * WatermarkSlot.Bytes)], fresh[..(2 * WatermarkSlot.Bytes)]);
        int last = fresh.Length - 1;
        while (fresh[last] == old[last])
        {
            last--;
        }

        for (int cut = first; cut <= last + 1; cut += cut > first + 256 && cut < last - 256 ? 97 : 1)
        {
            foreach (byte[] torn in (byte[][])[[.. fresh[..cut], .. old[cut..]], [.. old[..cut], .. fresh[cut..]]])
            {
                File.WriteAllBytes(_folder["signer"], torn);
                using SignerWatermark watermark = Open();
                Assert.True(watermark.Highest == before || watermark.Highest == after);
                seen.Add(watermark.Highest);
            }
        }

        Assert.Equal(2, seen.Count);
    }

    [Fact]
    public void A_start_puts_the_file_up_to_what_is_on_record_and_passes_over_what_is_older()
    {
        using (SignerWatermark watermark = Open())
        {
            watermark.TryRaise(Mark(0, 5, 1, A));
            watermark.Restore([Mark(0, 4, 1, B), Mark(0, 6, 2, A)], Mark(0, 6, 2, A));
            Assert.Equal((Mark(0, 5, 1, A), Mark(0, 6, 2, A)), (watermark.Of(1), watermark.Of(2)));
            Assert.Contains("view 6", Assert.Throws<StorageException>(() => watermark.Restore([Mark(0, 7, 1, A), Mark(0, 6, 2, B)], Mark(0, 6, 2, B))).Message, StringComparison.Ordinal);
            Assert.Equal(Mark(0, 5, 1, A), watermark.Of(1));
        }

        using SignerWatermark again = Open();
        Assert.Equal(Mark(0, 6, 2, A), again.Highest);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(0, 3)]
    [InlineData(1, 0)]
    [InlineData(1, 2)]
    [InlineData(1, 3)]
    public void Either_slot_alone_tells_of_the_newest_vote_also_after_a_start_that_found_the_other_damaged(int damaged, int next)
    {
        SignerMark newest = Mark(0, 7, 1, B);
        using (SignerWatermark watermark = Open())
        {
            watermark.TryRaise(Mark(0, 6, 1, A));
            watermark.TryRaise(newest);
        }

        // Two writes after the fresh file's: the newest is in the first two slots, and the next start writes the others.
        Flip(damaged);
        using (SignerWatermark watermark = Open())
        {
            Assert.Equal(newest, watermark.Highest);
            watermark.Restore([newest], newest);
            Assert.Equal(newest, watermark.Highest);
        }

        Flip(next);
        using SignerWatermark again = Open();
        Assert.Equal((newest, newest), (again.Highest, again.Tail.Logged));
    }

    [Fact]
    public void A_start_that_finds_two_slots_as_they_should_be_writes_nothing()
    {
        using (SignerWatermark watermark = Open())
        {
            watermark.Restore([], null);
            Assert.Null(watermark.Highest);
            watermark.TryRaise(Mark(0, 7, 1, B));
            watermark.Restore([], null);
        }

        byte[] before = File.ReadAllBytes(_folder["signer"]);
        using (SignerWatermark watermark = Open())
        {
            watermark.Restore([Mark(0, 6, 1, A), Mark(0, 7, 1, B)], Mark(0, 7, 1, B));
        }

        Assert.Equal(before, File.ReadAllBytes(_folder["signer"]));
    }

    [Fact]
    public void After_a_sync_that_failed_it_says_no_until_it_is_opened_again()
    {
        var disk = new FailingDisk();
        using (SignerWatermark watermark = SignerWatermark.Open(_folder["signer"], disk.Open))
        {
            watermark.TryRaise(Mark(0, 1, 1, A));
            disk.Fails = true;
            Assert.Throws<IOException>(() => watermark.TryRaise(Mark(0, 2, 1, A)));
            disk.Fails = false;
            Assert.Throws<IOException>(() => watermark.TryRaise(Mark(0, 3, 1, A)));
        }

        using SignerWatermark again = Open();
        Assert.Equal(WatermarkVerdict.Raised, again.TryRaise(Mark(0, 3, 1, A)));
    }

    [Fact]
    public void A_file_without_a_readable_slot_is_refused_rather_than_taken_for_new()
    {
        File.WriteAllBytes(_folder["signer"], new byte[5000]);
        StorageException refused = Assert.Throws<StorageException>(() => Open());
        Assert.Contains(_folder["signer"], refused.Message, StringComparison.Ordinal);
        File.WriteAllBytes(_folder["signer"], []);
        Assert.Throws<StorageException>(() => Open());
    }

    [Fact]
    public void Votes_that_the_log_may_lack_are_there_after_reopening_until_a_later_tail_leaves_them_out()
    {
        using (SignerWatermark watermark = Open())
        {
            Assert.Equal(WatermarkVerdict.Raised, watermark.TryRaise([Mark(0, 5, 1, A)], new SignerTail(Mark(0, 4, 2, B), [new byte[] { 1, 2 }])));
            Assert.Equal(WatermarkVerdict.Repeated, watermark.TryRaise([Mark(0, 5, 1, A)], new SignerTail(Mark(0, 4, 2, B), [new byte[] { 1, 2 }, new byte[] { 3 }])));
        }

        using (SignerWatermark watermark = Open())
        {
            Assert.Equal(Mark(0, 4, 2, B), watermark.Tail.Logged);
            Assert.Equal([[1, 2], [3]], watermark.Tail.Votes.Select(vote => vote.ToArray()));

            // A log that is not whole: what the file says of it stays.
            watermark.Restore([], null);
            Assert.Equal(2, watermark.Tail.Votes.Count);
            watermark.Restore([], Mark(0, 5, 1, A));
        }

        using SignerWatermark again = Open();
        Assert.Equal(Mark(0, 5, 1, A), again.Tail.Logged);
        Assert.Empty(again.Tail.Votes);
    }

    [Fact]
    public void What_the_watermark_forbids_changes_nothing_of_the_tail_either()
    {
        using SignerWatermark watermark = Open();
        watermark.TryRaise(Mark(0, 5, 1, A));
        Assert.Equal(WatermarkVerdict.Conflict, watermark.TryRaise([Mark(0, 5, 1, B)], new SignerTail(null, [new byte[1]])));
        Assert.Equal(Mark(0, 5, 1, A), watermark.Tail.Logged);
        Assert.Empty(watermark.Tail.Votes);
    }

    [Fact]
    public void A_file_of_the_former_format_is_read_and_kept_until_the_new_one_is_written()
    {
        // Slots of 512 bytes, 4,096 apart: the second, as the program of before wrote it.
        var former = new byte[4096 + 512];
        Convert.FromHexString(FormerSlot).CopyTo(former.AsSpan(4096));
        File.WriteAllBytes(_folder["signer"], former);
        SignerMark mark = Mark(1, 300, 2, Hash256.Zero);
        using (SignerWatermark watermark = Open())
        {
            Assert.Equal((mark, mark), (watermark.Highest, watermark.Tail.Logged));
            watermark.Restore([mark], mark);
        }

        Assert.Equal(former, File.ReadAllBytes(_folder["signer"])[..former.Length]);
        using SignerWatermark again = Open();
        Assert.Equal((mark, mark), (again.Highest, again.Tail.Logged));
    }

    [Fact]
    public void All_kinds_and_votes_at_their_largest_fit_a_slot_and_no_more()
    {
        SignerMark[] marks = [.. Enumerable.Range(0, SignerWatermark.MaximumKinds).Select(kind => Mark(ulong.MaxValue, ulong.MaxValue, (byte)kind, A))];
        var votes = new List<ReadOnlyMemory<byte>>();
        for (; SignerTail.Fits([.. votes, new byte[SignerTail.MaximumVoteBytes]]); votes.Add(new byte[SignerTail.MaximumVoteBytes]))
        {
        }

        Assert.InRange(votes.Count, 8, 20);
        Assert.False(SignerTail.Fits([new byte[SignerTail.MaximumVoteBytes + 1]]));
        using (SignerWatermark watermark = Open())
        {
            Assert.Equal(WatermarkVerdict.Raised, watermark.TryRaise(marks, new SignerTail(marks[0], votes)));
            Assert.Throws<InvariantException>(() => watermark.TryRaise(Mark(0, 0, SignerWatermark.MaximumKinds, A)));
            Assert.Throws<InvariantException>(() => watermark.TryRaise(marks, new SignerTail(null, [.. votes, new byte[SignerTail.MaximumVoteBytes]])));
        }

        using SignerWatermark again = Open();
        Assert.Equal(marks[7], again.Of(7));
        Assert.Equal(votes.Count, again.Tail.Votes.Count);
    }

    [Fact]
    public void The_slots_bytes_are_frozen()
    {
        byte[] slot = new byte[WatermarkSlot.Bytes];
        WatermarkSlot.Write(slot, 9, [Mark(1, 300, 2, Hash256.Zero)], new SignerTail(Mark(1, 299, 1, Hash256.Zero), [new byte[] { 7, 8 }]));
        string zero = "C420" + new string('0', 64);
        string body = "95020991" + "9401CD012C02" + zero + "9401CD012B01" + zero + "91" + "C4020708";
        Assert.Equal((body.Length / 2).ToString("X2", System.Globalization.CultureInfo.InvariantCulture) + "000000" + body, Convert.ToHexString(slot)[8..(16 + body.Length)]);
    }

    private const string FormerSlot = "26192416" + "2C000000" + "9301099194" + "01" + "CD012C" + "02" + "C420" + "0000000000000000000000000000000000000000000000000000000000000000";

    private void Flip(int slot)
    {
        byte[] bytes = File.ReadAllBytes(_folder["signer"]);
        bytes[(slot * WatermarkSlot.Bytes) + 20] ^= 1;
        File.WriteAllBytes(_folder["signer"], bytes);
    }

    private SignerWatermark Open() => SignerWatermark.Open(_folder["signer"]);

    private static SignerMark Mark(ulong epoch, ulong view, byte kind, Hash256 hash) => new(new Epoch(epoch), new View(view), kind, hash);
}
