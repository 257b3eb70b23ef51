using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Testnet.Network;

namespace Aeamc.P2P.Fuzz.Siege;

/// <summary>
/// <c>siege</c>: four real node processes, one of them attacked over TCP by each attack in turn, while an honest peer pings it: nodes, attacker and
/// honest peer are processes of their own. Printed for each attack: the honest peer's round trip on the quiet network, beside a burner that takes as much
/// processor time as the attacker does and attacks nobody (they all share this machine), and during the attack; the node's resident memory; what it
/// counted; and whether the network went on.
/// </summary>
internal static class SiegeCommand
{
    /// <summary>What a node under attack may take beyond what it had before the first one.</summary>
    private const double AllowedGrowthMegabytes = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static Command Build()
    {
        var attack = new Option<string?>("--attack") { Description = "Some of, separated by commas: " + string.Join(", ", AllAttacks.List.Select(item => item.Name)) + ". All when left out." };
        var seconds = new Option<int>("--seconds") { Description = "How long each attack lasts; some take longer to be noticed.", DefaultValueFactory = _ => 8 };
        var addresses = new Option<int>("--addresses") { Description = "How many loopback addresses the attacker has.", DefaultValueFactory = _ => 4 };
        var json = new Option<string?>("--json") { Description = "Write the figures to this file, too." };
        var command = new Command("siege", "Attack a live node. Exit code 1 when it fell, grew beyond its cap, or did not name the attack.") { attack, seconds, addresses, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            Attack[] attacks = [.. AllAttacks.List.Where(item => parsed.GetValue(attack)?.Split(',') is not { } names || names.Contains(item.Name))];
            if (attacks.Length == 0)
            {
                Console.Error.WriteLine($"There is no attack '{parsed.GetValue(attack)}'; see --help.");
                return 2;
            }

            return await RunAsync(attacks, TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(addresses), parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(Attack[] attacks, TimeSpan time, int addresses, string? json, CancellationToken cancellationToken)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("aeamc-siege-");
        try
        {
            await using LocalTestnet testnet = await LocalTestnet.CreateAsync(
                new LocalTestnetOptions { Folder = folder.FullName, Nodes = 4, ApiPort = LocalPorts.FindFree(4), P2PPort = LocalPorts.FindFree(4) }, cancellationToken);
            // On loopback as on the internet: no exemptions for the attacker.
            string config = await File.ReadAllTextAsync(testnet.ConfigFile(0), cancellationToken);
            await File.WriteAllTextAsync(testnet.ConfigFile(0), config.Replace("[p2p]\n", "[p2p]\nexempt_networks = []\n", StringComparison.Ordinal), cancellationToken);
            testnet.StartAll();
            await testnet.WaitUntilReadyAsync(Patience, cancellationToken);
            return await AttackAsync(testnet, attacks, time, addresses, json, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<int> AttackAsync(
        LocalTestnet testnet, Attack[] attacks, TimeSpan time, int addresses, string? json, CancellationToken cancellationToken)
    {
        NodeStatus first = await StatusAsync(testnet, cancellationToken);
        Multiaddress target = Multiaddress.Parse(string.Create(CultureInfo.InvariantCulture, $"/ip4/127.0.0.1/tcp/{testnet.P2PPort(0)}/p2p/{first.PeerId}"));
        string[] topics = [.. ((string[])["batches", "blocks"]).Select(name => $"/aeamc/{first.Network}/{first.ClusterId}/{name}")];
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        await using var honest = new Libp2pHost(new Libp2pHostOptions { Identity = key });
        await honest.StartAsync(cancellationToken);
        await PingFigures.MeasureAsync(honest, target, TimeSpan.FromSeconds(3), cancellationToken);
        first = await StatusAsync(testnet, cancellationToken);
        Console.WriteLine($"{Environment.ProcessorCount} cores, 4 nodes, attacker on {addresses} addresses of the same machine, {time.TotalSeconds:N0} s each; node-0 had {first.ResidentBytes >> 20} MB, and may grow by {AllowedGrowthMegabytes:N0} MB");
        Console.WriteLine("round trips of the honest peer in ms: quiet, beside a burner, under attack");
        Console.WriteLine($"{"attack",-22}{"sent",10}{"thrown out",12}{"cores",7}{"p50",20}{"times",7}{"p99",20}{"times",7}{"lost",6}{"MB",6}{"blocks",8}  named");
        var results = new List<SiegeResult>();
        foreach (Attack attack in attacks)
        {
            SiegeResult result = await OneAsync(testnet, attack, time, addresses, target, topics, honest, first, cancellationToken);
            Console.WriteLine(result);
            results.Add(result);
        }

        if (json is not null)
        {
            await File.WriteAllTextAsync(json, JsonSerializer.Serialize(results), cancellationToken);
        }

        bool stood = results.All(result => result.Stood);
        Console.WriteLine(stood
            ? $"the node stood; an honest round trip took more than twice as long as beside a burner in {results.Count(result => result.Slowdown > 2)} of {results.Count} attacks at p50 (worst {results.Max(result => result.Slowdown):N1} times), in {results.Count(result => result.SlowdownOfWorst > 2)} at p99 (worst {results.Max(result => result.SlowdownOfWorst):N1} times)"
            : "the node did not stand: " + string.Join(", ", results.Where(result => !result.Stood).Select(result => result.Attack)));
        return stood ? 0 : 1;
    }

    private static async Task<SiegeResult> OneAsync(
        LocalTestnet testnet,
        Attack attack,
        TimeSpan time,
        int addresses,
        Multiaddress target,
        string[] topics,
        Libp2pHost honest,
        NodeStatus first,
        CancellationToken cancellationToken)
    {
        PingFigures before = await PingFigures.MeasureAsync(honest, target, TimeSpan.FromSeconds(3), cancellationToken);
        NodeStatus start = await StatusAsync(testnet, cancellationToken);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        long peak = start.ResidentBytes;
        Task watching = WatchAsync();
        using var attacker = new AttackerProcess(
            AttackerCommand.AttackerName, attack.Name, target.ToString(), string.Join(',', topics), addresses.ToString(CultureInfo.InvariantCulture));
        PingFigures during = await PingFigures.MeasureAsync(honest, target, time > attack.Patience ? time : attack.Patience, cancellationToken);
        (AttackerReport report, double share) = await attacker.EndAsync(cancellationToken);
        await ending.CancelAsync();
        await watching;
        NodeStatus end = await StatusAsync(testnet, cancellationToken);
        using var burner = new AttackerProcess(AttackerCommand.BurnerName, share.ToString(CultureInfo.InvariantCulture));
        PingFigures beside = await PingFigures.MeasureAsync(honest, target, time, cancellationToken);
        await burner.EndAsync(cancellationToken);
        string[] named = [.. end.NetworkRefusals.Where(pair => pair.Value > start.NetworkRefusals.GetValueOrDefault(pair.Key)).Select(pair => pair.Key)];
        return new SiegeResult(
            attack.Name, report.Sent, report.Disconnects, share, before, beside, during, (peak - first.ResidentBytes) / 1048576.0, end.Height - start.Height, named,
            named.Intersect(attack.Reasons).Any() && peak - first.ResidentBytes < AllowedGrowthMegabytes * 1048576 && end.Height > start.Height && !testnet.Process(0)!.HasExited);

        async Task WatchAsync()
        {
            try
            {
                using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
                while (await pause.WaitForNextTickAsync(ending.Token))
                {
                    peak = Math.Max(peak, (await StatusAsync(testnet, ending.Token)).ResidentBytes);
                }
            }
            catch (OperationCanceledException)
            {
                // The attack is over.
            }
        }
    }

    private static Task<NodeStatus> StatusAsync(LocalTestnet testnet, CancellationToken cancellationToken) =>
        testnet.WaitForAsync(0, "an answer", Patience, _ => true, cancellationToken);
}

/// <summary>What one attack came to.</summary>
internal sealed record SiegeResult(
    string Attack,
    long Sent,
    long Disconnects,
    double AttackerCores,
    PingFigures Before,
    PingFigures BesideBurner,
    PingFigures During,
    double GrowthMegabytes,
    ulong Blocks,
    IReadOnlyList<string> Named,
    bool Stood)
{
    /// <summary>How many times as long a round trip took as when the machine was as busy, but nobody attacked.</summary>
    public double Slowdown => During.P50 / Math.Max(Before.P50, BesideBurner.P50);

    /// <summary>The same of the 99th percentile.</summary>
    public double SlowdownOfWorst => During.P99 / Math.Max(Before.P99, BesideBurner.P99);

    public override string ToString()
    {
        string p50 = string.Create(CultureInfo.InvariantCulture, $"{Before.P50:F2} {BesideBurner.P50:F2} {During.P50:F2}");
        string p99 = string.Create(CultureInfo.InvariantCulture, $"{Before.P99:F1} {BesideBurner.P99:F1} {During.P99:F1}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Attack,-22}{Sent,10}{Disconnects,12}{AttackerCores,7:F2}{p50,20}{Slowdown,7:F1}{p99,20}{SlowdownOfWorst,7:F1}{During.Failed,6}{GrowthMegabytes,6:F0}{Blocks,8}  {(Stood ? "" : "FAILED ")}{string.Join(' ', Named)}");
    }
}
