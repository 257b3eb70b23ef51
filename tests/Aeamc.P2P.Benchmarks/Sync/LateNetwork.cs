using System.Diagnostics;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceClient;
using Aeamc.P2P.Interop.Tests.Faults;
using Aeamc.P2P.Testnet.Network;
using Aeamc.P2P.Testnet.Processes;

namespace Aeamc.P2P.Benchmarks.Sync;

/// <summary>
/// Four real node processes on loopback, fsync on. Three have a long history and go on live; the fourth is empty. Can be put back to that beginning, all four
/// at once: a member that lost its log alone would not remember its own votes.
/// </summary>
internal sealed class LateNetwork : IAsyncDisposable
{
    public const int Nodes = 4;
    public const int Late = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder;
    private readonly SyncOptions _options;
    private readonly ForgedNetwork _forged;

    private LateNetwork(DirectoryInfo folder, SyncOptions options, LocalTestnet testnet)
    {
        _folder = folder;
        _options = options;
        Testnet = testnet;
        _forged = new ForgedNetwork(testnet);
    }

    public LocalTestnet Testnet { get; }

    public static IReadOnlyList<int> Live { get; } = [0, 1, 2];

    private string History => Path.Combine(_folder.FullName, "history");

    /// <summary>Makes the network and its history; starts nothing.</summary>
    public static async Task<LateNetwork> CreateAsync(SyncOptions options)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("aeamc-sync-");
        LocalTestnet testnet = await LocalTestnet.CreateAsync(
            new LocalTestnetOptions { Folder = folder.FullName, Nodes = Nodes, ApiPort = LocalPorts.FindFree(Nodes), P2PPort = LocalPorts.FindFree(Nodes) }, CancellationToken.None);
        var network = new LateNetwork(folder, options, testnet);
        await network.ForgeAsync();
        await File.AppendAllTextAsync(testnet.ConfigFile(Late), $"\n[storage]\nstart = \"{options.Start}\"\n");
        return network;
    }

    /// <summary>Puts everything back to the beginning and starts the live nodes; ends when they have gone on from the history.</summary>
    public async Task BeginAsync()
    {
        await Testnet.StopAllAsync();
        for (int node = 0; node < Nodes; node++)
        {
            Clear(Testnet.DataFolder(node));
            if (node != Late)
            {
                Copy(History, _forged.StoreFolder(node));
                Testnet.Start(node);
            }
        }

        ulong interval = _forged.Foundation.Genesis.Parameters.CheckpointIntervalMs;
        ulong last = _forged.Foundation.Genesis.Start.Milliseconds + (ulong)_options.Blocks;
        await Testnet.WaitForAllAsync(Live, "going on from the history", Patience, status => status.Height > (ulong)_options.Blocks + 3, CancellationToken.None);
        if (_options.Start == "snapshot")
        {
            // Past the next checkpoint interval, or there is no snapshot.
            await Testnet.WaitForAllAsync(
                Live, "a checkpoint interval going by", Patience, status => status.BlockTimestamp / interval > last / interval && status.BlockTimestamp % interval > 3_000, CancellationToken.None);
        }
    }

    /// <summary>The live nodes' counters now.</summary>
    public async Task<LiveMoment> LookAsync()
    {
        NodeStatus[] statuses = await Testnet.WaitForAllAsync(Live, "an answer", Patience, _ => true, CancellationToken.None);
        var processor = TimeSpan.FromTicks(Live.Sum(node => ProcessUsage.Of(Testnet.Process(node)!.Id)!.Value.CpuTime.Ticks));
        return new LiveMoment(Stopwatch.GetTimestamp(), processor, statuses);
    }

    /// <summary>Whether the late node and a live one have the same block and state at a height.</summary>
    public async Task<bool> IsSameAsync(ulong height)
    {
        var expected = await Testnet.Monitors[0].BlockAsync(height, CancellationToken.None);
        var actual = await Testnet.Monitors[Late].BlockAsync(height, CancellationToken.None);
        return expected is not null && actual is not null && expected.Hash == actual.Hash && expected.StateRoot == actual.StateRoot;
    }

    public async ValueTask DisposeAsync()
    {
        await Testnet.DisposeAsync();
        _forged.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task ForgeAsync()
    {
        DeviceKey requester = DeviceKey.Ed25519(Convert.FromHexString((await File.ReadAllTextAsync(Testnet.RequesterKeyFile)).Trim()));
        using var proofs = new ForgedProofs(requester, _forged.Foundation.Genesis.NetworkName, _options.Proofs);
        await _forged.ForgeAsync(_options.Blocks, TimeSpan.FromMilliseconds(1), proofs.Next, 0);
        Directory.Move(_forged.StoreFolder(0), History);
    }

    /// <summary>Leaves the node's keys.</summary>
    private static void Clear(string dataFolder)
    {
        foreach (string path in Directory.GetFileSystemEntries(dataFolder).Where(path => !path.EndsWith(".key", StringComparison.Ordinal)))
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
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
