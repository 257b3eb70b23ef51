using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceApi.V2;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Testnet.Crash;
using Aeamc.P2P.Testnet.Network;

namespace Aeamc.P2P.Interop.Tests.Faults;

/// <summary>Four real node processes in a temporary folder, and what tests ask of them.</summary>
public sealed class TestNetwork : IAsyncDisposable
{
    /// <summary>Long enough for a machine that does much else; a condition that is met ends the wait at once.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private const int Nodes = 4;

    private readonly DirectoryInfo _folder;

    private TestNetwork(DirectoryInfo folder, LocalTestnet testnet)
    {
        _folder = folder;
        Testnet = testnet;
    }

    public LocalTestnet Testnet { get; }

    /// <summary>Starts the nodes and waits until all are ready.</summary>
    public static async Task<TestNetwork> StartAsync(CancellationToken cancellation)
    {
        TestNetwork network = await CreateAsync(cancellation);
        try
        {
            network.Testnet.StartAll();
            await network.Testnet.WaitUntilReadyAsync(Patience, cancellation);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the nodes' files and starts none. Each node writes down what it hears from the others.</summary>
    public static async Task<TestNetwork> CreateAsync(CancellationToken cancellation)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("aeamc-faults-");
        LocalTestnet testnet = await LocalTestnet.CreateAsync(
            new LocalTestnetOptions
            {
                Folder = folder.FullName,
                Nodes = Nodes,
                ApiPort = LocalPorts.FindFree(Nodes),
                P2PPort = LocalPorts.FindFree(Nodes),
                NodeEnvironment = node => new Dictionary<string, string>
                {
                    [VoteRecorder.Variable] = RecordFile(folder.FullName, node),
                    ["AEAMC__STORAGE__WAL_SEGMENT_KB"] = "16",
                },
            },
            cancellation);
        return new TestNetwork(folder, testnet);
    }

    /// <summary>Asserts that no member was heard to say two things that exclude each other.</summary>
    public void AssertNobodyEquivocated()
    {
        var comparison = new VoteComparison(GenesisFile.Load(Path.Combine(Testnet.Folder, "genesis.json")));
        for (int node = 0; node < Nodes; node++)
        {
            comparison.Read(RecordFile(Testnet.Folder, node));
        }

        Assert.Empty(comparison.Violations);
        Assert.True(comparison.Votes > 0);
    }

    /// <summary>The status of a node that answers.</summary>
    public Task<NodeStatus> StatusAsync(int node, CancellationToken cancellation) => Testnet.WaitForAsync(node, "an answer", Patience, _ => true, cancellation);

    /// <summary>Waits until the given nodes have as many blocks more than node <paramref name="than"/> has now.</summary>
    public async Task WaitForBlocksAsync(IEnumerable<int> nodes, int than, ulong more, CancellationToken cancellation)
    {
        ulong height = (await StatusAsync(than, cancellation)).Height + more;
        await Testnet.WaitForAllAsync(nodes, $"reaching height {height}", Patience, status => status.Height >= height, cancellation);
    }

    /// <summary>Asserts that all nodes have the same block with the same state root at every height that all have.</summary>
    public async Task AssertSameChainAsync(CancellationToken cancellation)
    {
        NodeStatus[] statuses = await Testnet.WaitForAllAsync(Enumerable.Range(0, Nodes), "an answer", Patience, _ => true, cancellation);
        ulong common = statuses.Min(status => status.Height);
        Assert.True(common > 1);
        for (ulong height = 1; height <= common; height++)
        {
            BlockReply?[] blocks = await Task.WhenAll(Testnet.Monitors.Select(monitor => monitor.BlockAsync(height, cancellation)));
            Assert.All(blocks, block =>
            {
                Assert.NotNull(block);
                Assert.Equal(blocks[0]!.Hash, block.Hash);
                Assert.Equal(blocks[0]!.StateRoot, block.StateRoot);
            });
        }
    }

    private static string RecordFile(string folder, int node) => Path.Combine(folder, $"heard-by-{node}.votes");

    public async ValueTask DisposeAsync()
    {
        await Testnet.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
