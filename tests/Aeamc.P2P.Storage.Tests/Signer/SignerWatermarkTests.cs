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
        Assert.Equal(WatermarkVerdict.Raised, watermark.TryRaise([Mark(0, 3, 1, A), Mark(0, 3, 2, A)]));
        Assert.Equal(WatermarkVerdict.Conflict, watermark.TryRaise([Mark(0, 4, 1, A), Mark(0, 3, 2, B)]));
        Assert.Equal(Mark(0, 3, 1, A), watermark.Of(1));
        Assert.Equal(WatermarkVerdict.Conflict, watermark.TryRaise([Mark(0, 5, 1, A), Mark(0, 5, 1, B)]));
        Assert.Equal(WatermarkVerdict.Repeated, watermark.TryRaise([Mark(0, 3, 1, A), Mark(0, 4, 2, A)]));
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
        for (int cut = first; cut <= first + WatermarkSlot.Bytes && cut <= fresh.Length; cut++)
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
            watermark.Restore([Mark(0, 4, 1, B), Mark(0, 6, 2, A)]);
            Assert.Equal((Mark(0, 5, 1, A), Mark(0, 6, 2, A)), (watermark.Of(1), watermark.Of(2)));
            Assert.Contains("view 6", Assert.Throws<StorageException>(() => watermark.Restore([Mark(0, 7, 1, A), Mark(0, 6, 2, B)])).Message, StringComparison.Ordinal);
            Assert.Equal(Mark(0, 5, 1, A), watermark.Of(1));
        }

        using SignerWatermark again = Open();
        Assert.Equal(Mark(0, 6, 2, A), again.Highest);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    public void After_a_start_either_slot_alone_tells_of_the_newest_vote(int damaged, int next)
    {
        SignerMark newest = Mark(0, 7, 1, B);
        using (SignerWatermark watermark = Open())
        {
            watermark.TryRaise(Mark(0, 6, 1, A));
            watermark.TryRaise(newest);
        }

        Flip(damaged);
        using (SignerWatermark watermark = Open())
        {
            watermark.Restore([newest]);
            Assert.Equal(newest, watermark.Highest);
        }

        Flip(next);
        using SignerWatermark again = Open();
        Assert.Equal(newest, again.Highest);
    }

    [Fact]
    public void A_start_that_finds_both_slots_as_they_should_be_writes_nothing()
    {
        using (SignerWatermark watermark = Open())
        {
            watermark.Restore([]);
            Assert.Null(watermark.Highest);
            watermark.TryRaise(Mark(0, 7, 1, B));
            watermark.Restore([]);
        }

        byte[] before = File.ReadAllBytes(_folder["signer"]);
        using (SignerWatermark watermark = Open())
        {
            watermark.Restore([Mark(0, 6, 1, A), Mark(0, 7, 1, B)]);
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
    public void All_kinds_at_their_largest_fit_a_slot()
    {
        SignerMark[] marks = [.. Enumerable.Range(0, SignerWatermark.MaximumKinds).Select(kind => Mark(ulong.MaxValue, ulong.MaxValue, (byte)kind, A))];
        using (SignerWatermark watermark = Open())
        {
            Assert.Equal(WatermarkVerdict.Raised, watermark.TryRaise(marks));
            Assert.Throws<InvariantException>(() => watermark.TryRaise(Mark(0, 0, SignerWatermark.MaximumKinds, A)));
        }

        using SignerWatermark again = Open();
        Assert.Equal(marks[7], again.Of(7));
    }

    [Fact]
    public void The_slots_bytes_are_frozen()
    {
        byte[] slot = new byte[WatermarkSlot.Bytes];
        WatermarkSlot.Write(slot, 9, [Mark(1, 300, 2, Hash256.Zero)]);
        Assert.Equal("26192416" + "2C000000" + "9301099194" + "01" + "CD012C" + "02" + "C420" + new string('0', 64), Convert.ToHexString(slot)[..(2 * (8 + 0x2C))]);
    }

    private void Flip(int slot)
    {
        byte[] bytes = File.ReadAllBytes(_folder["signer"]);
        bytes[(slot * WatermarkSlot.Distance) + 20] ^= 1;
        File.WriteAllBytes(_folder["signer"], bytes);
    }

    private SignerWatermark Open() => SignerWatermark.Open(_folder["signer"]);

    private static SignerMark Mark(ulong epoch, ulong view, byte kind, Hash256 hash) => new(new Epoch(epoch), new View(view), kind, hash);
}
