using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aeamc.P2P.Node.Configuration;

namespace Aeamc.P2P.Node.Cli;

/// <summary><c>aeamc status</c>: what the running node says of itself.</summary>
public static class StatusCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Build()
    {
        Option<string> config = CommonOptions.Config();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("status", "Show the running node's height, peers, anchors and readiness. Exit code 1 when it is not ready.\n\nExample: aeamc status --json | jq .height") { config, json };
        command.SetAction((parsed, cancellationToken) => Terminal.RunAsync(() => RunAsync(parsed.GetValue(config)!, parsed.GetValue(json), cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(string path, bool json, CancellationToken cancellationToken)
    {
        NodeConfig config = ConfigLoader.Load(path, CommonOptions.Environment());
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        JsonObject status;
        try
        {
            string text = await client.GetStringAsync(new Uri($"http://{config.ApiListen}/v2/status"), cancellationToken);
            status = JsonNode.Parse(text)!.AsObject();
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            Console.Error.WriteLine($"aeamc: no node answers at {config.ApiListen}. Start it with: aeamc run --config {path}");
            return ExitCode.Failure;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            Console.Error.WriteLine($"aeamc: what answers at {config.ApiListen} is no node of this version.");
            return ExitCode.Failure;
        }

        if (json)
        {
            Console.WriteLine(status.ToJsonString(Indented));
        }
        else
        {
            Print(status);
        }

        return (bool?)Field(status, "ready") == true ? ExitCode.Success : ExitCode.Failure;
    }

    private static void Print(JsonObject status)
    {
        bool ready = (bool?)Field(status, "ready") == true;
        Console.WriteLine($"network      {Field(status, "network")} cluster {Field(status, "clusterId")}");
        Console.WriteLine($"node         {Field(status, "nodeId")}");
        Console.WriteLine($"ready        {(ready ? "yes" : $"no: {Field(status, "notReadyReason")}")}");
        Console.WriteLine($"voting       {Field(status, "voting")}");
        Console.WriteLine($"height       {Field(status, "height")} (view {Field(status, "view")})");
        Console.WriteLine($"state root   {Field(status, "stateRoot")}");
        Console.WriteLine($"peers        {Field(status, "peers")} connected, {Field(status, "knownPeers")} known, {Field(status, "bannedPeers")} banned");
        Console.WriteLine($"pending      {Field(status, "pending")}");
        Console.WriteLine($"proofs       {Field(status, "proofsFinalized")} finalized");
        Console.WriteLine($"group key    {Field(status, "groupKey")} {Field(status, "keyGeneration")}");
        Console.WriteLine($"checkpoint   {Field(status, "checkpointHeight")}");
        foreach (JsonNode? anchor in Field(status, "anchors") as JsonArray ?? [])
        {
            Console.WriteLine($"anchor       {Field(anchor!.AsObject(), "height")} on {Field(anchor.AsObject(), "chain")}: {Field(anchor.AsObject(), "transaction")}");
        }
    }

    /// <summary>A field by its camelCase or snake_case name: the API writes one of them.</summary>
    private static JsonNode? Field(JsonObject from, string name) => from[name] ?? from[JsonNamingPolicy.SnakeCaseLower.ConvertName(name)];
}
