using System.Threading.Channels;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Cryptography.Verification;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Hosting;
using Aeamc.P2P.Node.Ingress;
using Aeamc.P2P.Node.Metrics;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Tests.Ingress;

public sealed class EntryIngressTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly TestCommittee _committee = new();
    private readonly ManualTime _time = new(TestCommittee.Start + 1_000);
    private NodeStore _store = null!;
    private Channel<Batch> _packed = null!;
    private BatchPacker _packer = null!;
    private WaitingEntries _waiting = null!;
    private VerificationPool _verification = null!;
    private EntryIngress _ingress = null!;
    private FinalizedHead _head = null!;

    public ValueTask InitializeAsync()
    {
        Open();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _committee.Dispose();
        _folder.Dispose();
    }

    private void Open()
    {
        _store = NodeStore.Open(_folder["store"]);
        _head = ChainStartup.Load(_store, _committee.Genesis, _committee.Context.GenesisHash).Head;
        _packed = Channel.CreateUnbounded<Batch>();
        _packer = new BatchPacker(
            _committee.Keys[0], _committee.Genesis.NetworkId, _committee.Genesis.ClusterId, 1, TimeSpan.Zero, batch => _packed.Writer.TryWrite(batch), fault => _packed.Writer.TryComplete(fault));
        _waiting = new WaitingEntries(_time, new LatencyHistogram());
        _verification = new VerificationPool(_committee.Verdicts, new VerificationPoolOptions { Workers = 1 });
        _ingress = new EntryIngress(_committee.Context, _verification, _store, _waiting, _packer, () => _head, _time);
    }

    private async ValueTask CloseAsync()
    {
        await _ingress.DisposeAsync();
        _verification.Dispose();
        _packer.Dispose();
        _store.Dispose();
    }

    private async Task<BatchEntry> NextPackedAsync() => Assert.Single((await _packed.Reader.ReadAsync().AsTask().WaitAsync(Patience)).Entries);

    private async Task<Submission> SubmitAsync(LedgerEntry entry) => await _ingress.SubmitAsync(entry, CancellationToken.None).AsTask().WaitAsync(Patience);

    [Fact]
    public async Task An_accepted_entry_is_on_the_disk_and_packed()
    {
        LedgerEntry entry = _committee.Registration("device");

        Submission submission = await SubmitAsync(entry);

        Assert.Equal((SubmissionStatus.Accepted, _committee.IdOf(entry)), (submission.Status, submission.EntryId));
        Assert.Equal(submission.EntryId, Assert.Single(_store.ReadWaiting()).Id);
        BatchEntry packed = await NextPackedAsync();
        Assert.Equal(((byte)entry.Kind, Convert.ToHexString(entry.Bytes.Span)), (packed.Kind, Convert.ToHexString(packed.Bytes.Span)));
        Assert.Equal((1, 0), (_ingress.Accepted, _ingress.ProofsAccepted));
    }

    [Fact]
    public async Task What_was_accepted_is_packed_again_after_a_restart()
    {
        LedgerEntry entry = _committee.Registration("device");
        await SubmitAsync(entry);
        await CloseAsync();
        Open();

        Assert.Equal(1, _ingress.Recover());

        Assert.Equal(entry.Bytes.ToArray(), (await NextPackedAsync()).Bytes.ToArray());
        Assert.Equal(SubmissionStatus.AlreadyKnown, (await SubmitAsync(entry)).Status);
    }

    [Fact]
    public async Task The_same_entry_again_is_known_and_packed_once()
    {
        LedgerEntry entry = _committee.Registration("device");

        Submission[] answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => SubmitAsync(entry))));

        Assert.Single(answers, answer => answer.Status == SubmissionStatus.Accepted);
        Assert.Equal(15, answers.Count(answer => answer.Status == SubmissionStatus.AlreadyKnown));
        await NextPackedAsync();
        await SubmitAsync(_committee.Registration("next"));
        Assert.NotEqual(entry.Bytes.ToArray(), (await NextPackedAsync()).Bytes.ToArray());
    }

    [Fact]
    public async Task A_caller_that_gives_up_does_not_take_a_durable_entry_with_it()
    {
        LedgerEntry entry = _committee.Registration("device");
        using var caller = new CancellationTokenSource();
        ValueTask<Submission> submitting = _ingress.SubmitAsync(entry, caller.Token);

        // From then on it is judged and on its way to the disk.
        await ChainHarness.UntilAsync(() => _waiting.Count == 1);
        await caller.CancelAsync();

        Assert.Equal(SubmissionStatus.Accepted, (await submitting).Status);

        await NextPackedAsync();
        Assert.Equal(1, _waiting.Count);
    }

    [Fact]
    public async Task A_caller_that_gave_up_before_leaves_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _ingress.SubmitAsync(_committee.Registration("device"), new CancellationToken(true)));

        Assert.Equal(0, _waiting.Count);
        Assert.Empty(_store.ReadWaiting());
        Assert.Equal(SubmissionStatus.Accepted, (await SubmitAsync(_committee.Registration("device"))).Status);
    }

    [Fact]
    public async Task An_entry_that_could_not_be_made_durable_is_not_acknowledged()
    {
        await _ingress.DisposeAsync();

        await Assert.ThrowsAsync<ChannelClosedException>(() => SubmitAsync(_committee.Registration("device")));

        Assert.Equal(0, _waiting.Count);
    }

    [Fact]
    public async Task Refusals_are_named_and_counted()
    {
        LedgerEntry[] bad =
        [
            new LedgerEntry(EntryKind.DeviceRegistration, new byte[10]),
            _committee.Registration("forged", wellSigned: false),
            _committee.Registration("old", TestCommittee.Start - 86_400_000),
        ];
        RefusalCode[] expected = [RefusalCode.MalformedEntry, RefusalCode.SignatureInvalid, RefusalCode.TimestampExpired];

        for (int i = 0; i < bad.Length; i++)
        {
            Submission submission = await SubmitAsync(bad[i]);
            Assert.Equal((SubmissionStatus.Refused, expected[i]), (submission.Status, submission.Code));
            Assert.Equal(1, _ingress.Refused[expected[i].Code()]);
        }

        Assert.Empty(_store.ReadWaiting());
        Assert.Equal(0, _waiting.Count);
    }

    [Fact]
    public async Task A_full_node_is_busy_instead_of_promising()
    {
        for (int i = 0; i < WaitingEntries.Capacity; i++)
        {
            _waiting.TryAdd(Hash256.Of(BitConverter.GetBytes(i)), default, 0, Height.Zero);
        }

        Assert.Equal(SubmissionStatus.Busy, (await SubmitAsync(_committee.Registration("device"))).Status);
        Assert.Equal(1, _ingress.Refused["node_busy"]);
        Assert.Empty(_store.ReadWaiting());
    }

    [Fact]
    public async Task An_entry_that_blocks_pass_over_is_packed_again_but_not_while_the_chain_stands_still()
    {
        await SubmitAsync(_committee.Registration("device"));
        await NextPackedAsync();

        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(_packed.Reader.TryRead(out _));

        _head = _head with { Height = new Height(8) };
        _time.Advance(TimeSpan.FromSeconds(5));
        await NextPackedAsync();
    }

    [Fact]
    public void Only_entries_that_waited_long_enough_and_saw_enough_blocks_are_overdue()
    {
        var entry = new BatchEntry(1, new byte[] { 7 });
        Hash256 id = Hash256.Of("one"u8);
        Assert.True(_waiting.TryAdd(id, entry, 0, new Height(10)));
        Assert.False(_waiting.TryAdd(id, entry, 0, new Height(10)));

        Assert.Empty(_waiting.TakeOverdue(TimeSpan.FromSeconds(15), 8, new Height(18)));
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Empty(_waiting.TakeOverdue(TimeSpan.FromSeconds(15), 8, new Height(17)));
        Assert.Equal([entry], _waiting.TakeOverdue(TimeSpan.FromSeconds(15), 8, new Height(18)));
        Assert.Empty(_waiting.TakeOverdue(TimeSpan.FromSeconds(15), 8, new Height(30)));

        _waiting.Settle(id);
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Empty(_waiting.TakeOverdue(TimeSpan.FromSeconds(15), 8, new Height(30)));
    }
}
