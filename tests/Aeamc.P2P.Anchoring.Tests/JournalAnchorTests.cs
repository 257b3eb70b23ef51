using Aeamc.P2P.Anchoring.Journal;
using Aeamc.P2P.Consensus.Proofs;

namespace Aeamc.P2P.Anchoring.Tests;

public sealed class JournalAnchorTests : IDisposable
{
    private static readonly TestCommittee Committee = TestCommittee.Deal(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("aeamc-journal").FullName;

    private string FilePath => Path.Combine(_folder, "anchors.journal");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_offered_is_read_back_and_verifies()
    {
        List<AnchorConfirmation> confirmed = await WriteAsync(1, 2, 5);
        Assert.Equal(["1", "2", "3"], confirmed.Select(one => one.Transaction));
        Assert.All(confirmed, one => Assert.True(one.Chain == "journal" && one.SentByUs && one.Gas == 0));
        List<SignedCheckpoint> read = [.. JournalReader.Read(FilePath)];
        Assert.Equal(confirmed.Select(one => one.Checkpoint), read.Select(one => one.Checkpoint));
        var trust = new TrustAnchor(TestCommittee.NetworkId, 1, Committee.GroupKey);
        Assert.All(read, one => Assert.Equal(ProofVerdict.Valid, one.Verify(trust, CheckpointSignatureVerifier.Shared)));
    }

    [Fact]
    public async Task After_a_restart_nothing_is_written_twice()
    {
        await WriteAsync(1, 2);
        List<AnchorConfirmation> confirmed = await WriteAsync(1, 2, 3);
        Assert.Equal("3", Assert.Single(confirmed).Transaction);
        Assert.Equal([1UL, 2, 3], Heights());
    }

    [Fact]
    public async Task An_older_or_equal_height_is_left_out()
    {
        await WriteAsync(5, 5, 4, 6);
        Assert.Equal([5UL, 6], Heights());
    }

    [Fact]
    public async Task What_a_crash_left_of_a_line_is_written_again()
    {
        await WriteAsync(1, 2);
        using (FileStream file = File.OpenWrite(FilePath))
        {
            file.SetLength(file.Length - 7);
        }

        Assert.Equal([1UL], Heights());
        Assert.Equal("2", Assert.Single(await WriteAsync(2)).Transaction);
        Assert.Equal([1UL, 2], Heights());
    }

    [Fact]
    public async Task A_damaged_line_is_named()
    {
        await WriteAsync(1, 2);
        byte[] content = await File.ReadAllBytesAsync(FilePath, TestContext.Current.CancellationToken);
        content[5] = (byte)'!';
        await File.WriteAllBytesAsync(FilePath, content, TestContext.Current.CancellationToken);
        JournalException damage = Assert.Throws<JournalException>(() => JournalReader.Read(FilePath).ToList());
        Assert.Contains("line 1", damage.Message);
        await using var journal = new JournalAnchor(FilePath, TimeProvider.System);
        Assert.Throws<JournalException>(journal.Start);
    }

    [Fact]
    public void A_file_that_is_no_journal_is_refused_without_reading_all_of_it()
    {
        File.WriteAllBytes(FilePath, new byte[1 << 20]);
        Assert.Throws<JournalException>(() => JournalReader.Read(FilePath).ToList());
    }

    [Fact]
    public async Task A_listener_that_fails_does_not_stop_the_journal()
    {
        var log = new List<string>();
        await using (var journal = new JournalAnchor(FilePath, TimeProvider.System, log.Add))
        {
            journal.Confirmed += _ => throw new InvalidOperationException("a listener's own fault");
            journal.Start();
            journal.Offer(Committee.SignedAt(1));
            journal.Offer(Committee.SignedAt(2));
        }

        Assert.Equal(2, log.Count);
        Assert.Equal([1UL, 2], Heights());
    }

    private IEnumerable<ulong> Heights() => JournalReader.Read(FilePath).Select(one => one.Checkpoint.Height.Value);

    // Disposing writes what was offered, so there is nothing to wait for.
    private async Task<List<AnchorConfirmation>> WriteAsync(params ulong[] heights)
    {
        var confirmed = new List<AnchorConfirmation>();
        await using (var journal = new JournalAnchor(FilePath, TimeProvider.System))
        {
            journal.Confirmed += confirmed.Add;
            journal.Start();
            foreach (ulong height in heights)
            {
                journal.Offer(Committee.SignedAt(height));
            }
        }

        return confirmed;
    }
}
