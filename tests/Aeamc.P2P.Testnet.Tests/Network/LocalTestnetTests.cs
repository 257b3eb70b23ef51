using System.Runtime.Versioning;
using Aeamc.P2P.Testnet.Network;
using Aeamc.P2P.Testnet.Processes;

namespace Aeamc.P2P.Testnet.Tests.Network;

/// <summary>The helper's own doing, with a shell script in place of the node.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class LocalTestnetTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    [Fact]
    public async Task The_nodes_own_command_makes_the_files_and_each_node_gets_its_own()
    {
        await using LocalTestnet testnet = await CreateAsync("echo \"$@\"", new EvmSettings(new Uri("http://127.0.0.1:8545/"), "0xabc", ["k0", "k1"]));
        Assert.Equal(
            $"testnet init --dir {testnet.Folder} --nodes 2 --seed 7 --api-port 4000 --p2p-port 5000 --rpc http://127.0.0.1:8545/ --contract 0xabc --wallet k0 k1\n",
            File.ReadAllText(Path.Combine(testnet.Folder, "init.log")));
        Directory.CreateDirectory(testnet.NodeFolder(1));
        ChildProcess node = testnet.Start(1);
        Assert.Equal(0, await node.Exited.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.Equal($"run --config {testnet.ConfigFile(1)}", node.Tail(1));
        Assert.Equal(new Uri("http://127.0.0.1:4001/"), testnet.ApiAddress(1));
        Assert.Equal(5001, testnet.P2PPort(1));
        Assert.Contains("node-1 ended with exit code 0", testnet.DescribeEnded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_files_cannot_be_made_the_commands_own_words_are_told()
    {
        TestnetException fault = await Assert.ThrowsAsync<TestnetException>(() => CreateAsync("echo 'genesis.json exists.'; exit 2"));
        Assert.Contains("genesis.json exists.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_a_node_that_ended_tells_what_it_said()
    {
        await using LocalTestnet testnet = await CreateAsync("if [ $1 = run ]; then echo 'the key is missing'; exit 2; fi");
        Directory.CreateDirectory(testnet.NodeFolder(0));
        await testnet.Start(0).Exited.WaitAsync(Patience, TestContext.Current.CancellationToken);
        TestnetException fault = await Assert.ThrowsAsync<TestnetException>(
            () => testnet.WaitForAsync(0, "being ready", Patience, _ => true, TestContext.Current.CancellationToken));
        Assert.Contains("node-0 ended with exit code 2", fault.Message, StringComparison.Ordinal);
        Assert.Contains("the key is missing", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_runs_is_not_started_again_and_can_be_killed_and_started()
    {
        await using LocalTestnet testnet = await CreateAsync("if [ $1 = run ]; then exec sleep 600; fi");
        Directory.CreateDirectory(testnet.NodeFolder(0));
        ChildProcess first = testnet.Start(0);
        Assert.Throws<InvalidOperationException>(() => testnet.Start(0));
        await testnet.KillAsync(0);
        ChildProcess second = testnet.Start(0);
        Assert.NotEqual(first.Id, second.Id);
        Assert.Null(testnet.DescribeEnded());
        Assert.Equal(("node-0", second.Id), Assert.Single(testnet.Processes));
        StopOutcome outcome = Assert.Single(await testnet.StopAllAsync());
        Assert.Equal(new StopOutcome(128 + 15, Forced: false), outcome);
    }

    [Fact]
    public void The_executable_is_found_beside_the_program_or_its_absence_told_with_the_mend()
    {
        TestnetException fault = Assert.Throws<TestnetException>(() => NodeBinary.Find(_folder.FullName));
        Assert.Contains("testnet/up", fault.Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder.FullName, "aeamc"), "");
        Assert.Equal(Path.Combine(_folder.FullName, "aeamc"), NodeBinary.Find(_folder.FullName));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<LocalTestnet> CreateAsync(string script, EvmSettings? evm = null)
    {
        string binary = Path.Combine(_folder.FullName, "fake-aeamc");
        await File.WriteAllTextAsync(binary, $"#!/bin/sh\n{script}\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(binary, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return await LocalTestnet.CreateAsync(
            new LocalTestnetOptions { Folder = Path.Combine(_folder.FullName, "net"), Nodes = 2, Seed = 7, ApiPort = 4000, P2PPort = 5000, Evm = evm, Binary = binary },
            TestContext.Current.CancellationToken);
    }
}
