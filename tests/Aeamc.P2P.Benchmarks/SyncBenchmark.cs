using System.Diagnostics;
using System.Globalization;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Interop.Tests.Faults;
using Aeamc.P2P.Testnet.Network;

namespace Aeamc.P2P.Benchmarks;

/// <summary>
/// Four real node processes on loopback, fsync on. Three have a long history and go on live; the fourth is empty, starts, and fetches everything from them:
/// by blocks (every one verified and executed), in another network by snapshot. What is printed is the time from the start of the process.
/// </summary>
internal static class SyncBenchmark
{
    private const int Nodes = 4;
    private const int Late = 3;

    /// <summary>A testnet's parameters allow a block every 20 ms at most: the fastest that the live chain can run.</summary>
    private const double FastestLiveRate = 50;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(int blocks)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"cores {Environment.ProcessorCount}, 4 processes, fsync on, {blocks:N0} blocks behind"));
        await MeasureAsync(blocks, "blocks");
        await MeasureAsync(blocks, "snapshot");
    }

    private static async Task MeasureAsync(int blocks, string start)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("aeamc-sync-");
        try
        {
            await using LocalTestnet testnet = await LocalTestnet.CreateAsync(
                new LocalTestnetOptions { Folder = folder.FullName, Nodes = Nodes, ApiPort = LocalPorts.FindFree(Nodes), P2PPort = LocalPorts.FindFree(Nodes) }, CancellationToken.None);
            using var forged = new ForgedNetwork(testnet);
            long forging = Stopwatch.GetTimestamp();
            await forged.ForgeAsync(blocks, TimeSpan.FromMilliseconds(1), 0, 1, 2);
            double forgeSeconds = Stopwatch.GetElapsedTime(forging).TotalSeconds;
            await File.AppendAllTextAsync(testnet.ConfigFile(Late), $"\n[storage]\nstart = \"{start}\"\n");
            for (int node = 0; node < Late; node++)
            {
                testnet.Start(node);
            }

            // Past the next checkpoint interval, so that there is a snapshot in either case.
            ulong interval = forged.Foundation.Genesis.Parameters.CheckpointIntervalMs;
            NodeStatus[] live = await testnet.WaitForAllAsync([0, 1, 2], "a checkpoint interval going by", Patience, status =>
                status.Height > (ulong)blocks + 3 && status.BlockTimestamp / interval > (forged.Foundation.Genesis.Start.Milliseconds + (ulong)blocks) / interval
                && status.BlockTimestamp % interval > 3_000, CancellationToken.None);
            ulong target = live.Max(status => status.Height);
            long begun = Stopwatch.GetTimestamp();
            testnet.Start(Late);
            NodeStatus there = await testnet.WaitForAsync(Late, "catching up", Patience, status => status.Height >= target, CancellationToken.None);
            double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            bool same = await CompareAsync(testnet, target);
            double rate = target / seconds;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"start = {start,-9} {target,7:N0} blocks in {seconds,6:0.0} s from the start of the process: {rate,7:N0} blocks/s, {rate / FastestLiveRate:0.0}x the fastest live rate of a testnet ({FastestLiveRate} blocks/s); resident {there.ResidentBytes >> 20} MiB; same head and state: {same}; (history made in {forgeSeconds:0} s)"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<bool> CompareAsync(LocalTestnet testnet, ulong height)
    {
        var expected = await testnet.Monitors[0].BlockAsync(height, CancellationToken.None);
        var actual = await testnet.Monitors[Late].BlockAsync(height, CancellationToken.None);
        return expected is not null && actual is not null && expected.Hash == actual.Hash && expected.StateRoot == actual.StateRoot;
    }
}
