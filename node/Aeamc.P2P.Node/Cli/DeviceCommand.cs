using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Aeamc.P2P.DeviceClient;
using Aeamc.P2P.DeviceClient.Fleet;
using Aeamc.P2P.DeviceClient.Load;

namespace Aeamc.P2P.Node.Cli;

/// <summary><c>aeamc device</c>: reference devices that really work, and a load generator.</summary>
public static class DeviceCommand
{
    public static Command Build()
    {
        var nodes = new Option<string[]>("--node") { Description = "A node's base address; give several and the devices spread over them.", DefaultValueFactory = _ => ["http://127.0.0.1:8080"], AllowMultipleArgumentsPerToken = true };
        var count = new Option<int>("--count") { Description = "How many devices, 1 to 100000.", DefaultValueFactory = _ => 1 };
        var seed = new Option<ulong>("--seed") { Description = "Where keys, telemetry and moves come from: the same seed is the same devices.", DefaultValueFactory = _ => 1 };
        var requester = new Option<string?>("--requester-key") { Description = "A file with a requester account's 64 hexadecimal digits: post work as well, so that it never runs out." };
        var load = new Option<string?>("--load") { Description = "Post synthetic proofs at this many a second, or 'max', instead of working. Needs --requester-key." };
        var seconds = new Option<int>("--duration") { Description = "Stop after so many seconds; 0 runs until Ctrl-C.", DefaultValueFactory = _ => 0 };
        var command = new Command("device", "Run reference devices: register, send heartbeats, take leases, compute, prove.\n\nExamples:\n  aeamc device --node http://127.0.0.1:18080 --count 5\n  aeamc device --node http://127.0.0.1:18080 --load max --requester-key net/requester.key --duration 30") { nodes, count, seed, requester, load, seconds };
        command.SetAction((parsed, cancellationToken) => Terminal.RunAsync(() => RunAsync(
            new Plan([.. (parsed.GetValue(nodes) ?? []).Select(Node)], parsed.GetValue(count), parsed.GetValue(seed), parsed.GetValue(requester), parsed.GetValue(load), parsed.GetValue(seconds)),
            cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(Plan plan, CancellationToken cancellationToken)
    {
        if (plan.Count is < 1 or > 100_000)
        {
            throw new OperatorException($"--count: {plan.Count} is out of range. Choose 1 to 100000.");
        }

        string network = await NetworkOfAsync(plan.Nodes[0], cancellationToken);
        using DeviceKey? requester = plan.RequesterFile is { } file ? LoadRequester(file) : null;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (plan.Seconds > 0)
        {
            ending.CancelAfter(TimeSpan.FromSeconds(plan.Seconds));
        }

        return plan.Load is { } rate
            ? await RunLoadAsync(plan, rate, network, requester ?? throw new OperatorException("--load: posting work needs an account. Give --requester-key."), ending.Token)
            : await RunFleetAsync(plan, network, requester, ending.Token);
    }

    private static async Task<int> RunFleetAsync(Plan plan, string network, DeviceKey? requester, CancellationToken cancellationToken)
    {
        using var fleet = new PhoneFleet(new FleetOptions { Nodes = plan.Nodes, Network = network, Requester = requester, Phones = plan.Count, Seed = plan.Seed }, TimeProvider.System);
        Task run = fleet.RunAsync(cancellationToken);
        await TellAsync(run, () => $"{fleet.Counters.Registered} registered, {fleet.Counters.Heartbeats} heartbeats, {fleet.Counters.UnitsExecuted} units executed, {fleet.Counters.ProofsAccepted} proofs accepted{Refusals(fleet.Counters.Refused)}");
        return fleet.Counters.Registered > 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private static async Task<int> RunLoadAsync(Plan plan, string rate, string network, DeviceKey requester, CancellationToken cancellationToken)
    {
        double? perSecond = rate == "max" ? null
            : double.TryParse(rate, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number is > 0 and <= 1_000_000 ? number
            : throw new OperatorException($"--load: '{rate}' is no rate. Write a number of proofs a second, or max.");
        using var generator = new LoadGenerator(
            new LoadOptions { Nodes = plan.Nodes, Network = network, Requester = requester, PerSecond = perSecond, Devices = Math.Max(plan.Count, 16), Seed = plan.Seed }, TimeProvider.System);
        await generator.PrepareAsync(cancellationToken);
        Task run = generator.RunAsync(cancellationToken);
        await TellAsync(run, () => $"{generator.Counters.Accepted} proofs accepted, {generator.Counters.Leases} leases{Refusals(generator.Counters.Refused)}");
        return generator.Counters.Accepted > 0 ? ExitCode.Success : ExitCode.Failure;
    }

    /// <summary>One line every two seconds, and one at the end.</summary>
    private static async Task TellAsync(Task run, Func<string> line)
    {
        while (await Task.WhenAny(run, Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System)) != run)
        {
            Console.WriteLine(line());
        }

        await run;
        Console.WriteLine(line());
    }

    private static string Refusals(IReadOnlyDictionary<string, long> refused) =>
        refused.Count == 0 ? "" : $", refused: {string.Join(", ", refused.Select(pair => $"{pair.Key} {pair.Value}"))}";

    private static async Task<string> NetworkOfAsync(Uri node, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            JsonNode? status = JsonNode.Parse(await client.GetStringAsync(new Uri(node, "/v2/status"), cancellationToken));
            return (string?)status?["network"] ?? throw new OperatorException($"{node} answers, but not like an aeamc node.");
        }
        catch (HttpRequestException)
        {
            throw new OperatorException($"no node answers at {node}. Give its address with --node.");
        }
    }

    private static DeviceKey LoadRequester(string file)
    {
        string text = File.ReadAllText(file).Trim();
        return text.Length == 64 && text.All(char.IsAsciiHexDigit)
            ? DeviceKey.Ed25519(Convert.FromHexString(text))
            : throw new OperatorException($"{file}: 64 hexadecimal digits are wanted, an Ed25519 seed.");
    }

    private static Uri Node(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme == Uri.UriSchemeHttp ? uri : throw new OperatorException($"--node: '{text}' is no http address.");

    private sealed record Plan(IReadOnlyList<Uri> Nodes, int Count, ulong Seed, string? RequesterFile, string? Load, int Seconds);
}
