using System.Collections.Concurrent;
using Aeamc.P2P.Anchoring;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Node.Signing;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold;
using Aeamc.P2P.Threshold.Group;
using Aeamc.P2P.Threshold.Roast;

namespace Aeamc.P2P.Node.Tests.Signing;

public sealed class CheckpointSigningTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly TestCommittee _committee = new(NetworkParameters.Default with { CheckpointIntervalMs = 10_000 });
    private readonly ManualTime _time = new(TestCommittee.Start);
    private readonly ConcurrentDictionary<PeerId, FakeHost> _network = [];
    private readonly ConcurrentQueue<Exception> _faults = [];
    private readonly SigningShare[] _shares = Deal();
    private FakeHost[] _hosts = [];
    private CheckpointSigning[] _members = [];
    private ChainHarness _chain = null!;

    public async ValueTask InitializeAsync()
    {
        _chain = new ChainHarness(_committee, _committee.LeaderOf(1), _folder["chain"]);
        BlockRef parent = _committee.GenesisBlock;
        for (ulong view = 1; view <= 3; view++)
        {
            // Every member leads this one chain in its turn; the second block is the first of its interval.
            _chain.Time.Advance(TimeSpan.FromSeconds(view == 2 ? 10 : 1));
            using var leader = new ChainHarness(_committee, _committee.LeaderOf(view), _folder[$"leader-{view}"]);
            leader.Time.Advance(_chain.Time.GetUtcNow() - leader.Time.GetUtcNow());
            await leader.Chain.RangeFetchedAsync([.. _chain.Committed.Select(block => new SyncedBlock(block.Block.Content!, [], [], block.Finalization))]);
            await leader.SettleAsync();
            (BlockRef Ref, BlockContent Content) block = leader.Build(view, parent);
            await _chain.CommitAsync(block, parent);
            parent = block.Ref;
        }

        _hosts = [.. _committee.Keys.Select(key => new FakeHost(key.PublicKey, _network, _time))];
        _members =
        [
            .. _hosts.Select((host, i) => new CheckpointSigning(
                host, new PubsubRouter(host, new PubsubSettings()), _committee.Context, new NodeIndex((ushort)i), _chain.Store, () => _chain.Head,
                Secp256k1Group.Shared, CheckpointSignatureVerifier.Shared, _time, _faults.Enqueue)),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (CheckpointSigning member in _members)
        {
            await member.DisposeAsync();
        }

        Assert.Empty(_faults);
        Array.ForEach(_shares, share => share.Dispose());
        _chain.Dispose();
        _committee.Dispose();
        _folder.Dispose();
    }

    private static SigningShare[] Deal()
    {
        Secp256k1Group group = Secp256k1Group.Shared;
        Scalar[] polynomial = [.. Enumerable.Range(1, 3).Select(i => Scalar.Reduce(Hash256.Of([(byte)i]).ToArray()))];
        Scalar[] secrets = [.. Enumerable.Range(0, 4).Select(i => Polynomial.Evaluate(polynomial, new NodeIndex((ushort)i)))];
        var key = new ThresholdPublicKey(3, group.MultiplyBase(polynomial[0]), [.. secrets.Select(group.MultiplyBase)]);
        return [.. secrets.Select((secret, i) => new SigningShare(group, new NodeIndex((ushort)i), secret, key))];
    }

    private void Share(params int[] members)
    {
        foreach (int member in members)
        {
            _members[member].UseShare(_shares[member]);
        }
    }

    private async Task<SignedCheckpoint> SignAsync()
    {
        var signed = new TaskCompletionSource<SignedCheckpoint>(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (CheckpointSigning member in _members)
        {
            member.Signed += checkpoint => signed.TrySetResult(checkpoint);
            _chain.Committed.ToList().ForEach(member.Follow);
        }

        // The members step in one after another by rank.
        for (int i = 0; i < 40 && !signed.Task.IsCompleted; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
        }

        return await signed.Task.WaitAsync(Patience);
    }

    [Fact]
    public void A_block_is_due_when_it_is_the_first_of_its_interval()
    {
        bool[] due = [.. Enumerable.Range(0, 5).Select(height => CheckpointRule.IsDue(new Height((ulong)height), _committee.Genesis, _chain.Head, _chain.Store.Header))];

        Assert.Equal([false, false, true, false, false], due);
        Assert.Equal(due[1..4], _chain.Committed.Select(block => CheckpointRule.IsDue(block.Before.Timestamp, block.Head.Timestamp, block.Head.State.Parameters)));
    }

    [Fact]
    public void A_checkpoint_says_the_same_whether_its_block_is_the_head_or_below_it()
    {
        foreach (FinalizedBlock block in _chain.Committed)
        {
            Assert.Equal(
                CheckpointRule.At(block.Height, _committee.Genesis, block.Head, _chain.Store.Header),
                CheckpointRule.At(block.Height, _committee.Genesis, _chain.Head, _chain.Store.Header));
        }

        Assert.Null(CheckpointRule.At(Height.Zero, _committee.Genesis, _chain.Head, _chain.Store.Header));
        Assert.Null(CheckpointRule.At(new Height(4), _committee.Genesis, _chain.Head, _chain.Store.Header));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Any_three_members_sign_the_due_checkpoint(int away)
    {
        _hosts[away].Online = false;
        Share([.. Enumerable.Range(0, 4).Where(i => i != away)]);

        SignedCheckpoint signed = await SignAsync();

        Assert.Equal(CheckpointRule.At(new Height(2), _committee.Genesis, _chain.Head, _chain.Store.Header), signed.Checkpoint);
        var trust = new TrustAnchor(_committee.Genesis.NetworkId, _committee.Genesis.ClusterId, _shares[0].PublicKey.GroupKey.ToArray());
        Assert.Equal(ProofVerdict.Valid, signed.Verify(trust, CheckpointSignatureVerifier.Shared));
        Assert.Equal(new Height(2), _chain.Store.LastCheckpoint()!.Value.Height);
        Assert.Contains(_members, member => member.Newest?.Checkpoint.Height == new Height(2));
    }

    [Fact]
    public async Task A_member_signs_nothing_but_what_is_due_and_missing_and_only_for_members()
    {
        Share(0, 1, 2, 3);
        FakeHost coordinator = _hosts[0];
        foreach ((ulong height, bool answers) in ((ulong, bool)[])[(1, false), (2, true), (3, false), (4, false)])
        {
            Assert.Equal(answers, await AsksAsync(coordinator, height));
        }

        using var stranger = Aeamc.P2P.Cryptography.Ed25519PrivateKey.Generate();
        Assert.False(await AsksAsync(new FakeHost(stranger.PublicKey, _network, _time), 2));

        await SignAsync();
        CheckpointSigning signer = _members.First(member => member.Newest is not null);
        Assert.False(await AsksAsync(_hosts[(Array.IndexOf(_members, signer) + 1) % 4], 2, Array.IndexOf(_members, signer)));
    }

    [Fact]
    public async Task What_was_signed_is_known_after_a_restart_and_survives_its_encoding()
    {
        Share(0, 1, 2, 3);
        SignedCheckpoint signed = await SignAsync();
        byte[] bytes = CheckpointSigning.Encode(signed);

        Assert.Equal(bytes, CheckpointSigning.Encode(CheckpointSigning.Decode(bytes)!));
        Assert.Null(CheckpointSigning.Decode([.. bytes, 0]));
        var host = new FakeHost(_committee.Keys[0].PublicKey, [], _time);
        await using var again = new CheckpointSigning(
            host, new PubsubRouter(host, new PubsubSettings()), _committee.Context, new NodeIndex(0), _chain.Store, () => _chain.Head,
            Secp256k1Group.Shared, CheckpointSignatureVerifier.Shared, _time, _faults.Enqueue);
        Assert.Equal(signed.Checkpoint, again.Newest!.Checkpoint);
    }

    /// <summary>Whether a member answers a request for a nonce commitment.</summary>
    private async Task<bool> AsksAsync(FakeHost from, ulong height, int to = 1)
    {
        Hash256 message = CheckpointRule.At(new Height(height), _committee.Genesis, _chain.Head, _chain.Store.Header)?.SigningHash() ?? Hash256.Zero;
        byte[] roast = new RoastCoordinator(Secp256k1Group.Shared, _shares[0].PublicKey, message).Outstanding()[0].Request.Encode();
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write(height);
        writer.Write(roast);
        return (await from.RequestAsync(_hosts[to].LocalPeer, CheckpointSigning.Protocol, buffer.WrittenMemory)).Status == RequestStatus.Ok;
    }
}
