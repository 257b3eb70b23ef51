using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceApi.V2;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage;
using Aeamc.P2P.Storage.Store;
using Aeamc.P2P.Testnet.Network;
using Aeamc.P2P.Testnet.Processes;

namespace Aeamc.P2P.Interop.Tests.Faults;

/// <summary>Real node processes that were away for long, or are new.</summary>
[Collection(ProcessCollection.Name)]
public sealed class SyncTests : IAsyncLifetime
{
    private const int Nodes = 4;
    private const int History = 1_500;
    private const int KilledAt = 700;
    private const int Away = 2;
    private const int Liar = 3;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aeamc-sync-");
    private LocalTestnet _testnet = null!;
    private ForgedNetwork _forged = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _testnet = await LocalTestnet.CreateAsync(
            new LocalTestnetOptions { Folder = _folder.FullName, Nodes = Nodes, ApiPort = LocalPorts.FindFree(Nodes), P2PPort = LocalPorts.FindFree(Nodes) }, CancellationToken.None);
        _forged = new ForgedNetwork(_testnet);
    }

    public async ValueTask DisposeAsync()
    {
        await _testnet.DisposeAsync();
        _forged.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_node_that_was_away_catches_up_although_it_is_killed_on_the_way_and_a_liar_is_among_its_sources()
    {
        // Ten hours of it would be made in as many: the history is put there, and three nodes go on from it.
        await _forged.ForgeAsync(History, TimeSpan.FromMilliseconds(1), 0, 1, Liar);
        ulong height = await RunThreeAsync();
        await _testnet.StopAsync(Liar);
        IEnumerable<Multiaddress> others = _forged.Foundation.MemberAddresses(_forged.Keys[Liar].PublicKey);
        await using LyingPeer liar = await LyingPeer.StartAsync(_forged.Keys[Liar], _testnet.P2PPort(Liar), _forged.StoreFolder(Liar), others);

        // Killed in the middle: what it has stays, and it goes on from there.
        ChildProcess armed = _testnet.Start(Away, new Dictionary<string, string> { [CrashPoint.Variable] = $"{CrashPoint.StoreCommitted}:{KilledAt}" });
        Assert.Equal(128 + 9, await armed.Exited.WaitAsync(TestNetwork.Patience, Cancellation));
        using (NodeStore left = NodeStore.Open(_forged.StoreFolder(Away)))
        {
            Assert.Equal(new Height(KilledAt), left.Head?.Height);
        }

        // With two honest nodes left nothing is finalized until the third one has caught up.
        _testnet.Start(Away);
        NodeStatus caughtUp = await _testnet.WaitForAsync(Away, "catching up and going on", TestNetwork.Patience, status => status.Height > height + 1, Cancellation);

        // Silence is no lie. Before it was killed or after, whoever was lied to has named the liar.
        Assert.NotEmpty(liar.Told);
        string log = await File.ReadAllTextAsync(Path.Combine(_testnet.NodeFolder(Away), "node.log"), Cancellation);
        bool named = log.Contains(_forged.Keys[Liar].PublicKey.ToString(), StringComparison.Ordinal);
        Assert.True(named || liar.Told.Keys.All(lie => lie == "nothing"), "the liar is not named");
        Assert.True(named || !caughtUp.NetworkRefusals.Keys.Any(reason => reason.StartsWith("sync_range_", StringComparison.Ordinal)), "lies are counted and nobody is named");
        Assert.Contains($"is up: height {KilledAt},", log, StringComparison.Ordinal);
        await AssertSameChainAsync(1, height);

        // A light client believes the committee of the genesis file, whatever the node says, and another genesis file's does not believe this node.
        Assert.Equal(0, await FollowAsync(_testnet.Folder));
        string other = Path.Combine(_folder.FullName, "other");
        await using LocalTestnet stranger = await LocalTestnet.CreateAsync(new LocalTestnetOptions { Folder = other, Nodes = Nodes, Seed = 77, ApiPort = 1, P2PPort = 1 }, Cancellation);
        Assert.Equal(1, await FollowAsync(other));
    }

    private async Task<int> FollowAsync(string genesisFolder)
    {
        using var guard = new ProcessGuard();
        await using ChildProcess follow = ChildProcess.Start(
            "aeamc follow",
            NodeBinary.Find(),
            ["follow", "--node", _testnet.ApiAddress(Away).ToString(), "--genesis", Path.Combine(genesisFolder, "genesis.json"), "--blocks", "2"],
            Path.Combine(_folder.FullName, "follow.log"),
            guard);
        return await follow.Exited.WaitAsync(TestNetwork.Patience, Cancellation);
    }

    [Fact]
    public async Task A_new_node_starts_from_a_snapshot_and_has_the_same_state()
    {
        // Checkpoints every fifteen seconds of chain time: the history holds some, and the newest is the snapshot.
        await _forged.ForgeAsync(History, TimeSpan.FromMilliseconds(1), 0, 1, Liar);
        ulong height = await RunThreeAsync();
        await _testnet.WaitForAllAsync([0, 1, Liar], "a block of a new checkpoint interval", TestNetwork.Patience, IsInANewInterval, Cancellation);
        await File.AppendAllTextAsync(_testnet.ConfigFile(Away), "\n[storage]\nstart = \"snapshot\"\n", Cancellation);

        _testnet.Start(Away);
        NodeStatus there = await _testnet.WaitForAsync(Away, "being there", TestNetwork.Patience, status => status.Height > height, Cancellation);

        // It says what it lacks, and agrees on what it has.
        Assert.Null(await _testnet.Monitors[Away].BlockAsync(1, Cancellation));
        Assert.NotNull(await _testnet.Monitors[Away].BlockAsync(there.Height, Cancellation));
        await AssertSameChainAsync(there.Height, there.Height);
        string log = await File.ReadAllTextAsync(Path.Combine(_testnet.NodeFolder(Away), "node.log"), Cancellation);
        Assert.Contains("the state after block", log, StringComparison.Ordinal);

        // After a restart it is a node like any other.
        await _testnet.StopAsync(Away);
        _testnet.Start(Away);
        NodeStatus again = await _testnet.WaitForAsync(Away, "going on after a restart", TestNetwork.Patience, status => status.Height > there.Height + 2, Cancellation);
        await AssertSameChainAsync(there.Height, again.Height);

        // The interval that the history ends in, and one more: two blocks of it prove the snapshot.
        bool IsInANewInterval(NodeStatus status) => status.Height > height + 3 && status.BlockTimestamp / 15_000 > FirstLive / 15_000 && status.BlockTimestamp % 15_000 > 3_000;
    }

    private ulong FirstLive => _forged.Foundation.Genesis.Start.Milliseconds + (ulong)History;

    /// <summary>Starts the nodes that have the history and waits until they have gone on.</summary>
    private async Task<ulong> RunThreeAsync()
    {
        int[] three = [0, 1, Liar];
        foreach (int node in three)
        {
            _testnet.Start(node);
        }

        NodeStatus[] on = await _testnet.WaitForAllAsync(three, "going on from the history", TestNetwork.Patience, status => status.Height > History + 1, Cancellation);
        return on.Min(status => status.Height);
    }

    private async Task AssertSameChainAsync(ulong from, ulong through)
    {
        for (ulong height = from; height <= through; height++)
        {
            BlockReply? expected = await _testnet.Monitors[0].BlockAsync(height, Cancellation);
            BlockReply? actual = await _testnet.Monitors[Away].BlockAsync(height, Cancellation);
            Assert.NotNull(expected);
            Assert.NotNull(actual);
            Assert.Equal((expected.Hash, expected.StateRoot), (actual.Hash, actual.StateRoot));
        }
    }
}
