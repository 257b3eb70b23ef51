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

namespace Aeamc.P2P.Interop.Tests.Faults;

/// <summary>A member that contradicts itself to one node process is convicted by all, and shown; also when that process is killed before any block records it.</summary>
[Collection(ProcessCollection.Name)]
public sealed class EvidenceTests
{
    private const int Offender = 3;
    private static readonly int[] Honest = [0, 1, 2];

    [Fact]
    public async Task Equivocation_heard_by_one_node_is_on_the_chain_of_all_with_its_penalty_and_its_explanation()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using TestNetwork network = await TestNetwork.StartAsync(cancellation);
        LocalTestnet testnet = network.Testnet;

        // Without a quorum no block can take what node 0 hears: it has to outlive the process that heard it.
        await testnet.StopAsync(Offender);
        await testnet.KillAsync(2);
        await EquivocateAsync(testnet, toNode: 0, cancellation);
        NodeStatus heard = await network.StatusAsync(0, cancellation);
        Assert.Equal((1, 0), (heard.EvidencePending, heard.MembersConvicted));
        Assert.True(heard.EquivocationsSeen["two_notarizes"] > 0);
        await testnet.KillAsync(0);
        testnet.Start(0);
        testnet.Start(2);

        NodeStatus[] statuses = await testnet.WaitForAllAsync(
            Honest, "knowing of the conviction", TestNetwork.Patience, status => status.MembersConvicted == 1 && status.EvidencePending == 0, cancellation);
        ConvictionStatus conviction = statuses[0].Committee[Offender].Conviction!;
        Assert.Equal("two_notarizes", conviction.Kind);
        Assert.All(statuses, status => Assert.Equal(conviction, status.Committee[Offender].Conviction));
        Assert.All(statuses, status => Assert.Equal([500UL, 500, 500, 0], status.Committee.Select(member => member.Reputation)));
        Assert.All(statuses, status => Assert.Empty(status.EquivocationsSeen));

        // Two honest members were killed and voted on: nothing is held against them. The offender has no turn, whoever it is now.
        testnet.Start(Offender);
        await testnet.WaitForAllAsync(
            Honest, "giving the turns of the offender up", TestNetwork.Patience, status => status.NullifiedViews.GetValueOrDefault("leader_convicted") > 1, cancellation);
        await network.WaitForBlocksAsync([Offender], than: 0, more: 2, cancellation);
        await network.AssertSameChainAsync(cancellation);
        NodeStatus own = await network.StatusAsync(Offender, cancellation);
        Assert.Equal(conviction, own.Committee[Offender].Conviction);
        Assert.Equal(1, own.MembersConvicted);

        (_, string status) = await testnet.RunAsync(2, ["status"], cancellation);
        Assert.Contains($"CONVICTED by block {conviction.Height}", status, StringComparison.Ordinal);
        await ExplainedAsync("member", Offender.ToString(System.Globalization.CultureInfo.InvariantCulture), "its reputation is 0 of 1000");
        await ExplainedAsync("evidence", conviction.Evidence, "The penalty: its reputation is gone");
        await ExplainedAsync("block", conviction.Height.ToString(System.Globalization.CultureInfo.InvariantCulture), "It convicted the member.");
        await ExplainedAsync("proof", conviction.Evidence, "of kind equivocation-evidence");
        await ExplainedAsync("view", (await LostViewAsync(testnet.Monitors[2], cancellation)).ToString(System.Globalization.CultureInfo.InvariantCulture), "ended without a block");
        (int unknown, string complaint) = await testnet.RunAsync(2, ["explain", "block", "999999"], cancellation);
        Assert.Equal(1, unknown);
        Assert.Contains("aeamc: This node knows no such block. Give a height", complaint, StringComparison.Ordinal);
        using var http = new HttpClient();
        string metrics = await http.GetStringAsync(new Uri(testnet.ApiAddress(2), "metrics"), cancellation);
        Assert.Contains("\naeamc_members_convicted 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("aeamc_views_nullified_total{reason=\"leader_convicted\",detail=\"\"}", metrics, StringComparison.Ordinal);

        async Task ExplainedAsync(string what, string id, string says)
        {
            (int code, string output) = await testnet.RunAsync(2, ["explain", what, id], cancellation);
            Assert.Equal(0, code);
            Assert.Contains(says, output, StringComparison.Ordinal);
            TestContext.Current.TestOutputHelper?.WriteLine(output);
        }
    }

    /// <summary>Plays the stopped member towards one node: two blocks notarized in each view that it is in, until it has evidence.</summary>
    private static async Task EquivocateAsync(LocalTestnet testnet, int toNode, CancellationToken cancellation)
    {
        using Ed25519PrivateKey key = NodeKeyFile.Load(Path.Combine(testnet.DataFolder(Offender), "node.key"));
        GenesisDocument genesis = GenesisFile.Load(Path.Combine(testnet.Folder, "genesis.json"));
        var domain = new SigningDomain(genesis.NetworkId, genesis.ClusterId, Epoch.Zero);
        await using var host = new Libp2pHost(new Libp2pHostOptions { Identity = key });
        await host.StartAsync(cancellation);
        PeerId peer = await host.ConnectAsync(
            Multiaddress.Parse($"/ip4/127.0.0.1/tcp/{testnet.P2PPort(toNode)}/p2p/{PeerId.FromNodeId(genesis.Committee[toNode].Id)}"), cancellation);
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(TestNetwork.Patience);
        while (await testnet.StatusAsync(toNode, patience.Token) is not { EvidencePending: > 0 })
        {
            View view = new((await testnet.StatusAsync(toNode, patience.Token))?.View ?? 1);
            foreach (string name in (string[])["one", "two"])
            {
                var statement = Statement.Notarize(Epoch.Zero, BlockRef.Genesis(genesis.Hash()).Child(Hash256.Of(System.Text.Encoding.UTF8.GetBytes(name)), view));
                var vote = new Vote(statement, new NodeIndex(Offender), new VoteSignature(key.Sign(domain.Message(statement))));
                host.TrySend(peer, ConsensusNetwork.Protocol, ConsensusMessageCodec.Encode(vote));
            }

            await again.WaitForNextTickAsync(patience.Token);
        }
    }

    /// <summary>A view that was lost before one of the newest blocks.</summary>
    private static async Task<ulong> LostViewAsync(NodeMonitor monitor, CancellationToken cancellation)
    {
        for (ulong height = (await monitor.StatusAsync(cancellation))!.Height; height > 1; height--)
        {
            ulong view = (await monitor.BlockAsync(height, cancellation))!.View;
            if ((await monitor.BlockAsync(height - 1, cancellation))!.View < view - 1)
            {
                return view - 1;
            }
        }

        throw new InvalidOperationException("no view was lost");
    }
}
