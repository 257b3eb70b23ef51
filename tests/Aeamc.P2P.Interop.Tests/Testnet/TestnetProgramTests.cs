using System.Text.Json;
using Aeamc.P2P.Interop.Tests.Faults;
using Aeamc.P2P.Testnet.Network;
using Aeamc.P2P.Testnet.Processes;

namespace Aeamc.P2P.Interop.Tests.Testnet;

/// <summary>The program behind <c>testnet/up</c>, as it is started there.</summary>
[Collection(ProcessCollection.Name)]
public sealed class TestnetProgramTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aeamc-program-");
    private readonly int _apiPort = LocalPorts.FindFree(4);
    private readonly int _p2pPort = LocalPorts.FindFree(4);

    [Fact]
    public async Task A_short_run_with_phones_passes_and_reports()
    {
        await using ChildProcess program = Start("--devices", "5", "--duration", "15", "--report", Path.Combine(_folder.FullName, "report"));
        int code = await program.Exited.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.True(code == 0, $"Exit code {code}:\n{program.Tail(60)}");

        using JsonDocument report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "report", "report.json"), TestContext.Current.CancellationToken));
        JsonElement root = report.RootElement;
        Assert.Equal("pass", root.GetProperty("verdict").GetString());
        Assert.Equal(0, root.GetProperty("reasons").GetArrayLength());
        Assert.Equal(4, root.GetProperty("nodes").GetInt32());
        Assert.Equal(5, root.GetProperty("devices").GetInt32());
        Assert.True(root.GetProperty("seconds").GetDouble() >= 15);
        Assert.True(root.GetProperty("blocks").GetInt64() > 0);
        Assert.True(root.GetProperty("proofs").GetProperty("finalized").GetInt64() > 0);
        Assert.True(root.GetProperty("latency_ms").GetProperty("p99").GetDouble() >= root.GetProperty("latency_ms").GetProperty("p50").GetDouble());
        Assert.True(root.GetProperty("signature_bound_per_second").GetDouble() > 0);
        Assert.Equal("journal", root.GetProperty("anchors").GetProperty("chain").GetString());
        Assert.True(root.GetProperty("state_roots_equal").GetBoolean());
        Assert.Equal(4, root.GetProperty("rss_mb").GetArrayLength());
        Assert.Contains("block      1 ", await File.ReadAllTextAsync(program.Log, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_program_is_killed_its_nodes_do_not_live_on()
    {
        await using ChildProcess program = Start("--devices", "0");
        using var monitor = new NodeMonitor(new Uri($"http://127.0.0.1:{_apiPort}/"));
        await Wait.UntilAsync(
            "a node answering",
            Patience,
            async () => await monitor.StatusAsync(TestContext.Current.CancellationToken) is not null,
            TestContext.Current.CancellationToken);
        await program.KillAsync();
        await Wait.UntilAsync(
            "all ports being free",
            Patience,
            () => Task.FromResult(LocalPorts.FirstTaken(_apiPort, 4) is null && LocalPorts.FirstTaken(_p2pPort, 4) is null),
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task SIGTERM_stops_the_whole_network_in_order()
    {
        await using ChildProcess program = Start("--devices", "2", "--report", Path.Combine(_folder.FullName, "report"));
        await Wait.UntilAsync(
            "the network being at work",
            Patience,
            () =>
            {
                Assert.False(program.HasExited, program.Tail(60));
                return Task.FromResult(program.Tail(1000).Contains("== at work", StringComparison.Ordinal));
            },
            TestContext.Current.CancellationToken);
        StopOutcome stop = await program.StopAsync(Patience);
        Assert.False(stop.Forced);
        Assert.Contains("== stopping", File.ReadAllText(program.Log), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder.FullName, "report", "report.json")));
        Assert.Null(LocalPorts.FirstTaken(_apiPort, 4));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private ChildProcess Start(params string[] arguments) => ChildProcess.Start(
        "aeamc-testnet",
        Path.Combine(AppContext.BaseDirectory, "aeamc-testnet"),
        ["--chain", "journal", "--dir", Path.Combine(_folder.FullName, "net"), "--api-port", $"{_apiPort}", "--p2p-port", $"{_p2pPort}", .. arguments],
        Path.Combine(_folder.FullName, "program.log"));
}
