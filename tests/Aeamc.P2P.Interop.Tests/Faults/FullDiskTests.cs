using System.Diagnostics;
using System.Globalization;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Storage;
using Aeamc.P2P.Testnet.Crash;
using Aeamc.P2P.Testnet.Network;
using Aeamc.P2P.Testnet.Processes;

namespace Aeamc.P2P.Interop.Tests.Faults;

/// <summary>A node whose disk is full stops voting, says so, loses nothing that it acknowledged, and goes on by itself when there is room.</summary>
[Collection(ProcessCollection.Name)]
public sealed class FullDiskTests
{
    private const int Victim = 3;
    private const long Gibibyte = 1L << 30;

    [Fact]
    public async Task With_less_free_than_the_reserve_a_node_stands_still_and_goes_on_when_there_is_room()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using TestNetwork network = await TestNetwork.CreateAsync(cancellation);

        // The real disk, as good as full for this node alone: its reserve lies a little below what is free now. Others use the disk too, so the steps are wide.
        long free = DiskSpace.FreeBytes(network.Testnet.Folder);
        long step = Math.Min(3 * Gibibyte, free / 4);
        string reserve = ((free - step) >> 20).ToString(CultureInfo.InvariantCulture);
        string filler = Path.Combine(network.Testnet.Folder, "filler");
        await FillAndEmptyAsync(
            network,
            new Dictionary<string, string> { ["AEAMC__STORAGE__RESERVE_MB"] = reserve },
            () =>
            {
                File.Open(filler, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = 2 * step }).Dispose();
                Assert.SkipWhen(DiskSpace.FreeBytes(network.Testnet.Folder) > free - step, "this file system cannot set space aside");
            },
            () => File.Delete(filler),
            cancellation);
    }

    [Fact]
    public async Task With_a_write_refused_for_want_of_space_a_node_stands_still_and_goes_on_when_there_is_room()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using TestNetwork network = await TestNetwork.CreateAsync(cancellation);
        string data = network.Testnet.DataFolder(Victim);
        string keys = data + ".keys";
        Directory.Move(data, keys);
        Directory.CreateDirectory(data);
        Assert.SkipUnless(await MountAsync("-t", "tmpfs", "-o", "size=96m,mode=0700", "tmpfs", data), "only root may mount the small disk that this test fills");
        try
        {
            foreach (string file in Directory.GetFiles(keys))
            {
                File.Copy(file, Path.Combine(data, Path.GetFileName(file)));
            }

            // A reserve of next to nothing: the engine's own writes must fail.
            string filler = Path.Combine(data, "filler");
            await FillAndEmptyAsync(
                network, new Dictionary<string, string> { ["AEAMC__STORAGE__RESERVE_MB"] = "1" }, () => FillUp(filler), () => File.Delete(filler), cancellation);
        }
        finally
        {
            if (network.Testnet.Process(Victim) is not null)
            {
                await network.Testnet.KillAsync(Victim);
            }

            await RunAsync("umount", data);
        }
    }

    private static async Task FillAndEmptyAsync(TestNetwork network, Dictionary<string, string> environment, Action fill, Action empty, CancellationToken cancellation)
    {
        LocalTestnet testnet = network.Testnet;
        for (int node = 0; node < testnet.Count; node++)
        {
            testnet.Start(node, node == Victim ? environment : null);
        }

        await testnet.WaitUntilReadyAsync(TestNetwork.Patience, cancellation);
        ChildProcess process = testnet.Process(Victim)!;
        await using (PromisedProofs proofs = await PromisedProofs.StartAsync(testnet, devices: 8, seed: 6, cancellation))
        {
            await testnet.WaitForAsync(Victim, "a proof of its own", TestNetwork.Patience, status => status.ProofsAccepted > 0, cancellation);
            fill();
            NodeStatus full = await testnet.WaitForAsync(Victim, "saying that its disk is full", TestNetwork.Patience, status => status.Voting == VotingState.DiskFull, cancellation);
            Assert.False(full.Ready);
            Assert.Contains("The disk is full", full.NotReadyReason, StringComparison.Ordinal);
            Assert.Contains("This node has stopped voting", File.ReadAllText(process.Log), StringComparison.Ordinal);
            await network.WaitForBlocksAsync([0, 1, 2], than: 0, more: 5, cancellation);
            Assert.Equal(VotingState.DiskFull, (await network.StatusAsync(Victim, cancellation)).Voting);

            empty();
            await testnet.WaitForAsync(Victim, "voting again", TestNetwork.Patience, status => status.Voting == VotingState.Voting && status.Ready, cancellation);
            await network.WaitForBlocksAsync([Victim], than: 0, more: 2, cancellation);
            Assert.False(process.HasExited);
            await proofs.StopAsync();
            Assert.Empty(await proofs.FindLostAsync(TestNetwork.Patience, cancellation));
        }

        await network.AssertSameChainAsync(cancellation);
        network.AssertNobodyEquivocated();
    }

    /// <summary>Writes until the disk takes no more.</summary>
    private static void FillUp(string path)
    {
        var block = new byte[64 << 10];
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (int size = block.Length; size > 0;)
        {
            try
            {
                file.Write(block, 0, size);
            }
            catch (IOException)
            {
                // Down to the last bytes.
                size /= 2;
            }
        }
    }

    private static async Task<bool> MountAsync(params string[] arguments) => Environment.IsPrivilegedProcess && await RunAsync("mount", arguments);

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
