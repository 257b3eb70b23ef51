using System.Collections.Concurrent;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Node.Ingress;
using Aeamc.P2P.Node.Signing;
using Aeamc.P2P.Node.Sync;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Tests.Sync;

/// <summary>A node that has the blocks, and members that have the checkpoints signed while it was away.</summary>
public sealed class CheckpointSyncTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly byte[] GroupKey = [2, .. Hash256.Of("group"u8).ToArray()];

    private readonly TemporaryFolder _folder = new();
    private readonly TestCommittee _committee = new(NetworkParameters.Default with { CheckpointIntervalMs = 1_000 });
    private readonly ConcurrentDictionary<PeerId, FakeHost> _network = [];
    private readonly ConcurrentQueue<(NodeId Member, string Reason)> _demoted = [];
    private readonly ConcurrentQueue<Exception> _faults = [];
    private readonly FakeHost[] _hosts;
    private readonly ChainHarness _behind;
    private readonly NodeStore _ahead;
    private readonly SyncSources _sources;
    private readonly CheckpointSigning _signing;
    private readonly List<SignedCheckpoint> _signed = [];

    public CheckpointSyncTests()
    {
        _hosts = [.. _committee.Keys.Select(key => new FakeHost(key.PublicKey, _network, TimeProvider.System))];
        _behind = new ChainHarness(_committee, new NodeIndex(0), _folder["behind"]);
        _ahead = NodeStore.Open(_folder["ahead"]);
        _sources = new SyncSources(_hosts[0], _committee.Context, (member, reason) => _demoted.Enqueue((member, reason)));
        _signing = new CheckpointSigning(
            _hosts[0], new PubsubRouter(_hosts[0], new PubsubSettings()), _committee.Context, new NodeIndex(0), _behind.Store, () => _behind.Head,
            Secp256k1Group.Shared, new DigestSignatures(), new ManualTime(TestCommittee.Start), _faults.Enqueue);
        foreach (FakeHost host in _hosts[1..])
        {
            _ = new ChainServer(host, _ahead);
        }
    }

    public async ValueTask InitializeAsync()
    {
        var forged = new ForgedChain(_committee.Context, _committee.Keys, _behind.Store);
        for (int i = 0; i < 300; i++)
        {
            // The members' word for a group key, then idle blocks.
            SyncedBlock block = i < 4 ? forged.Next(TimeSpan.FromMilliseconds(20), true, forged.Batch(i, Confirm(i))) : forged.Next(TimeSpan.FromMilliseconds(20));
            await _behind.Chain.RangeFetchedAsync([block]);
        }

        await _behind.SettleAsync();
        Assert.NotNull(_behind.Head.State.GroupKey);
        for (ulong height = 1; height <= 300; height++)
        {
            if (CheckpointRule.IsDue(new Height(height), _committee.Genesis, _behind.Head, _behind.Store.Header))
            {
                _signed.Add(Sign(CheckpointRule.At(new Height(height), _committee.Genesis, _behind.Head, _behind.Store.Header)!));
                _ahead.PutCheckpoint(new Height(height), CheckpointSigning.Encode(_signed[^1]));
            }
        }

        Assert.Equal(6, _signed.Count);
    }

    public async ValueTask DisposeAsync()
    {
        await _signing.DisposeAsync();
        Assert.Empty(_faults);
        _behind.Dispose();
        _ahead.Dispose();
        _committee.Dispose();
        _folder.Dispose();
    }

    private LedgerEntry Confirm(int member) =>
        new NodeEntrySigner(_committee.Keys[member], _committee.Genesis.NetworkName).Sign(new DkgConfirmation(0, GroupKey, Hash256.Of("transcript"u8)));

    private static SignedCheckpoint Sign(Checkpoint checkpoint) => new(checkpoint, DigestSignatures.Sign(GroupKey, checkpoint.SigningHash()), GroupKey);

    private CheckpointSync Sync() => new(_hosts[0], _committee.Context, _sources, _behind.Store, _signing, _faults.Enqueue, CancellationToken.None);

    private async Task FillAsync(CheckpointSync sync)
    {
        sync.Fill();
        using var late = new CancellationTokenSource(Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (sync.HasGap)
        {
            await look.WaitForNextTickAsync(late.Token);
        }

        Assert.All(_signed, signed => Assert.Equal(CheckpointSigning.Encode(signed), _behind.Store.GetCheckpoint(signed.Checkpoint.Height)));
        Assert.Equal(_signed[^1].Checkpoint, _signing.Newest!.Checkpoint);
    }

    [Fact]
    public async Task Checkpoints_missed_are_obtained_also_when_a_newer_one_came_by_gossip()
    {
        Assert.True(_signing.Learn(_signed[^1]));
        CheckpointSync sync = Sync();
        Assert.False(sync.HasGap);
        sync.Missed(new Height(60));

        // Told of again before the gap is closed, and the node restarts: the gap begins where it began.
        sync.Missed(new Height(200));
        CheckpointSync again = Sync();
        Assert.True(again.HasGap);
        await FillAsync(again);
        Assert.False(Sync().HasGap);
        Assert.Empty(_demoted);
    }

    [Fact]
    public async Task A_liar_is_demoted_and_others_are_asked()
    {
        SignedCheckpoint wrong = Sign(_signed[2].Checkpoint with { StateRoot = Hash256.Of("mine"u8) });
        _hosts[1].HandleRequests(SyncProtocol.Checkpoints, RequestOptions.Default, (_, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(SyncProtocol.EncodeBlobs([CheckpointSigning.Encode(wrong)])));
        CheckpointSync sync = Sync();
        sync.Missed(Height.Zero);

        await FillAsync(sync);

        Assert.Equal((_committee.Keys[1].PublicKey, "checkpoint_wrong"), Assert.Single(_demoted));
    }

    [Fact]
    public async Task With_too_few_members_to_be_sure_the_gap_stays_open()
    {
        _hosts[2].Online = false;
        _hosts[3].Online = false;
        CheckpointSync sync = Sync();
        sync.Missed(Height.Zero);
        sync.Fill();
        while (!_hosts[1].Served.Contains(SyncProtocol.Checkpoints))
        {
            await Task.Yield();
        }

        Assert.True(sync.HasGap);
        _hosts[2].Online = true;
        using var late = new CancellationTokenSource(Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (sync.HasGap)
        {
            sync.Fill();
            await look.WaitForNextTickAsync(late.Token);
        }
    }

    /// <summary>A stand-in scheme: the signature is a digest of key and message.</summary>
    private sealed class DigestSignatures : ICheckpointSignatureVerifier
    {
        public static byte[] Sign(ReadOnlySpan<byte> groupKey, Hash256 message) => [.. new byte[33], .. Hash256.Of([.. groupKey, .. message.ToArray()]).ToArray()];

        public bool Verify(ReadOnlySpan<byte> groupKey, Hash256 message, ReadOnlySpan<byte> signature) => signature.SequenceEqual(Sign(groupKey, message));
    }
}
