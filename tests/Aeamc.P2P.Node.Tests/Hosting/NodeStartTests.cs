using System.Collections.Concurrent;
using System.Net;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Cli;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Node.Hosting;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage;
using Aeamc.P2P.Storage.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aeamc.P2P.Node.Tests.Hosting;

public sealed class NodeStartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestCommittee _committee = new();

    public void Dispose()
    {
        _committee.Dispose();
        _folder.Dispose();
    }

    private NodeConfig Config()
    {
        File.WriteAllText(_folder["node.toml"], "[p2p]\nlisten = [\"/ip4/127.0.0.1/tcp/0\"]\n");
        return ConfigLoader.Load(_folder["node.toml"], new Dictionary<string, string>());
    }

    private NodeConfig Prepare(GenesisDocument genesis, Ed25519PrivateKey key)
    {
        NodeConfig config = Config();
        using (InitCommand.CreateKey(config, () => key))
        {
            File.WriteAllText(config.GenesisFile, GenesisFile.Render(genesis));
        }

        return config;
    }

    private static Task<NodeHost> StartAsync(NodeConfig config, Action<Exception>? onFault = null) =>
        NodeHost.StartAsync(config, NullLogger.Instance, onFault ?? (_ => { }));

    [Fact]
    public void A_store_of_another_network_is_refused_with_the_mend()
    {
        using NodeStore store = NodeStore.Open(_folder["store"]);
        ChainStartup.Load(store, _committee.Genesis, _committee.Context.GenesisHash);
        GenesisDocument other = _committee.Genesis with { NetworkName = "other" };

        OperatorException fault = Assert.Throws<OperatorException>(() => ChainStartup.Load(store, other, other.Hash()));

        Assert.Contains("another network", fault.Message, StringComparison.Ordinal);
        Assert.Contains("another data folder", fault.Message, StringComparison.Ordinal);
        (_, FinalizedHead head) = ChainStartup.Load(store, _committee.Genesis, _committee.Context.GenesisHash);
        Assert.Equal((Height.Zero, _committee.Context.GenesisHash), (head.Height, head.Hash));
    }

    [Fact]
    public async Task A_node_that_cannot_start_gives_everything_back()
    {
        NodeConfig config = Prepare(_committee.Genesis, Ed25519PrivateKey.Generate());

        OperatorException fault = await Assert.ThrowsAsync<OperatorException>(() => StartAsync(config));

        Assert.Contains("not in the committee", fault.Message, StringComparison.Ordinal);
        DataFolderLock.Acquire(config.DataDirectory).Dispose();
    }

    [Fact]
    public async Task A_failure_half_way_closes_the_store_and_the_logs_too()
    {
        NodeConfig config = Prepare(_committee.Genesis, Ed25519PrivateKey.FromSeed(Hash256.Of([0]).ToArray()));
        File.WriteAllText(_folder["node.toml"], "[p2p]\nlisten = [\"/ip4/127.0.0.1/tcp/0\"]\npeers = [\"/ip4/127.0.0.1/tcp/1\"]\n");
        File.WriteAllText(Path.Combine(config.DataDirectory, "signer-watermark"), "garbage that is no watermark");

        await Assert.ThrowsAnyAsync<StorageException>(() => StartAsync(config));

        DataFolderLock.Acquire(config.DataDirectory).Dispose();
        NodeStore.Open(Path.Combine(config.DataDirectory, "store")).Dispose();
    }

    [Fact]
    public async Task A_member_whose_dkg_key_is_no_point_is_named_at_the_start()
    {
        GenesisMember bad = _committee.Genesis.Committee[2] with { DkgKey = (byte[])[2, .. Enumerable.Repeat((byte)0xff, 32)] };
        GenesisDocument genesis = _committee.Genesis with { Committee = [.. _committee.Genesis.Committee.Select((member, i) => i == 2 ? bad : member)] };
        NodeConfig config = Prepare(genesis, Ed25519PrivateKey.FromSeed(Hash256.Of([0]).ToArray()));

        OperatorException fault = await Assert.ThrowsAsync<OperatorException>(() => StartAsync(config));

        Assert.Contains("node-2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_starts_alone_says_why_it_is_not_ready_and_stops_and_starts_again()
    {
        NodeConfig config = Prepare(_committee.Genesis, Ed25519PrivateKey.FromSeed(Hash256.Of([0]).ToArray()));
        Exception? broken = null;
        for (int round = 0; round < 2; round++)
        {
            await using NodeHost node = await StartAsync(config, fault => broken = fault);
            DeviceApi.Gateway.NodeStatus status = node.Gateway.Status();
            Assert.False(status.Ready);
            Assert.Contains("Only 1 of 4", status.NotReadyReason, StringComparison.Ordinal);
            Assert.Equal(_committee.Keys[0].PublicKey.ToString(), status.NodeId);
            await Assert.ThrowsAsync<StorageException>(() => StartAsync(config));
        }

        Assert.Null(broken);
    }

    [Fact]
    public async Task Stored_evidence_that_is_of_no_use_is_told_at_the_start_with_its_place_and_counted()
    {
        NodeConfig config = Prepare(_committee.Genesis, Ed25519PrivateKey.FromSeed(Hash256.Of([0]).ToArray()));
        using (NodeStore store = NodeStore.Open(NodeHost.StoreFolder(config)))
        {
            store.PutMeta("evidence/0/2", [1, 2, 3]);
        }

        var log = new Lines();
        await using NodeHost node = await NodeHost.StartAsync(config, log, _ => { });

        string line = Assert.Single(log.Warnings);
        Assert.All(["node-2", "'evidence/0/2'", NodeHost.StoreFolder(config), "it does not decode", "aeamc db verify"], part => Assert.Contains(part, line, StringComparison.Ordinal));
        DeviceApi.Gateway.NodeStatus status = node.Gateway.Status();
        Assert.Equal((0, 1), (status.EvidencePending, status.EvidenceUnreadable));
    }

    [Fact]
    public async Task Metrics_and_explanations_are_bounded_for_each_address()
    {
        NodeConfig config = Prepare(_committee.Genesis, Ed25519PrivateKey.FromSeed(Hash256.Of([0]).ToArray()));
        File.AppendAllText(_folder["node.toml"], "[api]\nlisten = \"127.0.0.1:0\"\nreads_per_minute = 1\n");
        config = ConfigLoader.Load(_folder["node.toml"], new Dictionary<string, string>());
        await using NodeHost node = await StartAsync(config);
        await using WebHost web = await WebHost.StartAsync(config, node, NullLoggerFactory.Instance);
        using var http = new HttpClient { BaseAddress = web.Address };
        foreach (string path in (string[])["/metrics", "/v2/explain/member/0"])
        {
            using HttpResponseMessage first = await http.GetAsync(path), second = await http.GetAsync(path);
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (first.StatusCode, second.StatusCode));
            Assert.Contains("\"code\":\"rate_limited\"", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(2, node.HttpRefusals["http-rate-limited"]);
    }

    /// <summary>Keeps the warnings.</summary>
    private sealed class Lines : ILogger
    {
        private readonly ConcurrentQueue<string> _warnings = [];

        public IReadOnlyCollection<string> Warnings => _warnings;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                _warnings.Enqueue(formatter(state, exception));
            }
        }
    }
}
