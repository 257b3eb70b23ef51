using System.Runtime.Versioning;
using Aeamc.P2P.Testnet.Network;
using Aeamc.P2P.Testnet.Processes;

namespace Aeamc.P2P.Interop.Tests.Faults;

/// <summary>How a daemon starts, stops and keeps its files.</summary>
[Collection(ProcessCollection.Name)]
[UnsupportedOSPlatform("windows")]
public sealed class DaemonTests(RunningNetwork running) : IClassFixture<RunningNetwork>
{
    private const UnixFileMode OwnerReadsAndWrites = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TestNetwork _network = running.Network;

    [Fact]
    public async Task SIGTERM_stops_a_node_cleanly_within_5_seconds_and_it_starts_again()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Assert.Equal(TimeSpan.FromSeconds(5), LocalTestnet.StopLimit);
        Assert.Equal(new StopOutcome(0, Forced: false), await _network.Testnet.StopAsync(3));
        await _network.WaitForBlocksAsync([0, 1, 2], than: 0, more: 2, cancellation);
        _network.Testnet.Start(3);
        await _network.WaitForBlocksAsync([3], than: 0, more: 1, cancellation);
        await _network.AssertSameChainAsync(cancellation);
    }

    [Fact]
    public async Task A_second_daemon_on_the_same_data_folder_is_refused()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using ChildProcess second = _network.Testnet.StartSecond(0);
        Assert.Equal(2, await second.Exited.WaitAsync(TestNetwork.Patience, cancellation));
        Assert.Contains(_network.Testnet.DataFolder(0), File.ReadAllText(second.Log), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Tail(5), StringComparison.Ordinal);
        Assert.False(_network.Testnet.Process(0)!.HasExited);
        await _network.WaitForBlocksAsync([0], than: 0, more: 1, cancellation);
    }

    [Fact]
    public void A_daemon_watches_no_folder_of_the_machine()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Open files are read from /proc.");
        int process = _network.Testnet.Process(1)!.Id;
        string?[] open = [.. Directory.GetFiles($"/proc/{process}/fd").Select(file => new FileInfo(file).LinkTarget)];
        Assert.Contains(open, target => target?.StartsWith(_network.Testnet.DataFolder(1), StringComparison.Ordinal) is true);
        Assert.DoesNotContain(open, target => target?.Contains("inotify", StringComparison.Ordinal) is true);
    }

    [Fact]
    public void Keys_and_data_are_the_owners_alone()
    {
        for (int node = 0; node < _network.Testnet.Count; node++)
        {
            string folder = _network.Testnet.DataFolder(node);
            Assert.Equal(OwnerReadsAndWrites | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
            string[] keys = Directory.GetFiles(folder, "*.key");
            Assert.NotEmpty(keys);
            Assert.All(keys, key => Assert.Equal(OwnerReadsAndWrites, File.GetUnixFileMode(key)));
        }
    }
}
