using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Cryptography.Keys;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Testnet.Network;
using Aeamc.P2P.Testnet.Processes;

namespace Aeamc.P2P.Interop.Tests.Faults;

/// <summary>A data folder from a backup, and a key that signs elsewhere: the node is quiet, or stops.</summary>
[Collection(ProcessCollection.Name)]
public sealed class RestoreTests
{
    private const int Restored = 3;
    private const int Absent = 2;

    [Fact]
    public async Task A_node_on_a_restored_backup_is_quiet_until_a_block_beyond_its_watermark_is_final()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using TestNetwork network = await TestNetwork.StartAsync(cancellation);
        LocalTestnet testnet = network.Testnet;
        await testnet.StopAsync(Restored);
        string backup = Path.Combine(testnet.Folder, "backup");
        foreach (string part in (string[])["store", "wal"])
        {
            Copy(Path.Combine(testnet.DataFolder(Restored), part), Path.Combine(backup, part));
        }

        testnet.Start(Restored);
        await network.WaitForBlocksAsync([Restored], than: 0, more: 3, cancellation);

        // From here on every block needs the restored node's vote, so that its watermark is no lower than the last final block.
        await testnet.KillAsync(Absent);
        await network.WaitForBlocksAsync([0, 1, Restored], than: 0, more: 3, cancellation);
        await testnet.KillAsync(Restored);
        ulong before = (await network.StatusAsync(0, cancellation)).Height;
        foreach (string part in (string[])["store", "wal"])
        {
            string folder = Path.Combine(testnet.DataFolder(Restored), part);
            Directory.Delete(folder, recursive: true);
            Copy(Path.Combine(backup, part), folder);
        }

        testnet.Start(Restored);
        NodeStatus quiet = await testnet.WaitForAsync(
            Restored, "being quiet, caught up and connected", TestNetwork.Patience, status => status.Voting == VotingState.QuietAfterRestore && status.Peers >= 2 && status.Height >= before, cancellation);
        Assert.False(quiet.Ready);
        Assert.Contains("restored", quiet.NotReadyReason, StringComparison.Ordinal);
        Assert.Contains("the data folder was restored", File.ReadAllText(testnet.Process(Restored)!.Log), StringComparison.Ordinal);

        // Three of four are up, which would be enough; without its vote no block comes, not even the idle ones of every second.
        const ulong stillMilliseconds = 5_000;
        ulong stands = (await testnet.WaitForAsync(
            0,
            "standing still",
            TestNetwork.Patience,
            status => (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() > status.BlockTimestamp + stillMilliseconds,
            cancellation)).Height;
        Assert.Equal(VotingState.QuietAfterRestore, (await network.StatusAsync(Restored, cancellation)).Voting);

        testnet.Start(Absent);
        await testnet.WaitForAsync(
            Restored, "voting again", TestNetwork.Patience, status => status.Voting == VotingState.Voting && status.Height > stands, cancellation);
        await testnet.KillAsync(Absent);
        await network.WaitForBlocksAsync([0, 1, Restored], than: 0, more: 2, cancellation);
        testnet.Start(Absent);
        await network.WaitForBlocksAsync([Absent], than: 0, more: 1, cancellation);
        await network.AssertSameChainAsync(cancellation);
        network.AssertNobodyEquivocated();
    }

    [Fact]
    public async Task A_vote_of_its_own_key_that_it_does_not_remember_stops_a_node_and_it_starts_again_quiet()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using TestNetwork network = await TestNetwork.StartAsync(cancellation);
        LocalTestnet testnet = network.Testnet;
        await testnet.StopAsync(Absent);
        using Ed25519PrivateKey sender = NodeKeyFile.Load(Path.Combine(testnet.DataFolder(Absent), "node.key"));
        using Ed25519PrivateKey twin = NodeKeyFile.Load(Path.Combine(testnet.DataFolder(Restored), "node.key"));
        GenesisDocument genesis = GenesisFile.Load(Path.Combine(testnet.Folder, "genesis.json"));
        var domain = new SigningDomain(genesis.NetworkId, genesis.ClusterId, Epoch.Zero);
        await using (var host = new Libp2pHost(new Libp2pHostOptions { Identity = sender }))
        {
            await host.StartAsync(cancellation);
            PeerId peer = await host.ConnectAsync(
                Multiaddress.Parse($"/ip4/127.0.0.1/tcp/{testnet.P2PPort(Restored)}/p2p/{PeerId.FromNodeId(twin.PublicKey)}"), cancellation);
            ChildProcess node = testnet.Process(Restored)!;
            using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(TestNetwork.Patience);
            while (!node.HasExited)
            {
                ulong view = (await testnet.StatusAsync(Restored, patience.Token))?.View ?? 0;
                for (ulong of = view; of <= view + 1; of++)
                {
                    var statement = Statement.Nullify(Epoch.Zero, new View(of));
                    var vote = new Vote(statement, new NodeIndex(Restored), new VoteSignature(twin.Sign(domain.Message(statement))));
                    host.TrySend(peer, ConsensusNetwork.Protocol, ConsensusMessageCodec.Encode(vote));
                }

                await again.WaitForNextTickAsync(patience.Token);
            }

            Assert.Equal(2, await node.Exited);
            Assert.Contains("this node's key signed and this data folder does not remember: Nullify", File.ReadAllText(node.Log), StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", node.Tail(6), StringComparison.Ordinal);
        }

        testnet.Start(Restored);
        await testnet.WaitForAsync(Restored, "being quiet", TestNetwork.Patience, status => status.Voting == VotingState.QuietAfterRestore, cancellation);
        testnet.Start(Absent);
        await testnet.WaitForAsync(Restored, "voting again", TestNetwork.Patience, status => status.Voting == VotingState.Voting, cancellation);
        await network.WaitForBlocksAsync([Restored], than: 0, more: 2, cancellation);
        await network.AssertSameChainAsync(cancellation);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
