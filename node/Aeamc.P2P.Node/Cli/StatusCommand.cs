using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

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
        if (await NodeApi.GetAsync(path, "/v2/status", cancellationToken) is not { } status)
        {
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
        Console.WriteLine($"finality     {Durations(status, "finalityMilliseconds")} from a block's timestamp");
        Console.WriteLine($"latency      {Durations(status, "latencyMilliseconds")} from accept to final");
        Console.WriteLine($"views lost   {Counts(status, "nullifiedViews")}");
        foreach (JsonNode? node in Field(status, "committee") as JsonArray ?? [])
        {
            JsonObject member = node!.AsObject();
            Console.WriteLine($"member       {Name(member)}: {((bool?)Field(member, "isSelf") == true ? "this node" : (bool?)Field(member, "connected") == true ? "connected" : "away")}, reputation {Field(member, "reputation")}{Conviction(member)}");
        }

        if ((int?)Field(status, "evidencePending") is > 0 and var pending)
        {
            Console.WriteLine($"evidence     against {pending} member(s) seen, not in a block yet");
        }

        Console.WriteLine($"group key    {Field(status, "groupKey")} {Field(status, "keyGeneration")}");
        Console.WriteLine($"checkpoint   {Field(status, "checkpointHeight")}");
        foreach (JsonNode? anchor in Field(status, "anchors") as JsonArray ?? [])
        {
            Console.WriteLine($"anchor       {Field(anchor!.AsObject(), "height")} on {Field(anchor.AsObject(), "chain")}: {Field(anchor.AsObject(), "transaction")}");
        }
    }

    private static string Name(JsonObject member) => Field(member, "label")?.ToString() is { Length: > 0 } label ? label : Field(member, "nodeId")!.ToString()[..8];

    private static string Conviction(JsonObject member) => Field(member, "conviction") is JsonObject conviction
        ? $", CONVICTED by block {Field(conviction, "height")}: {Field(conviction, "kind")} in view {Field(conviction, "view")}; see: aeamc explain evidence {Field(conviction, "evidence")}"
        : "";

    private static string Counts(JsonObject status, string name) => Field(status, name) is JsonObject { Count: > 0 } counts
        ? string.Join(", ", counts.Select(count => $"{count.Key} {count.Value}"))
        : "none given up by this node";

    private static string Durations(JsonObject status, string name) => Field(status, name) is JsonArray { Count: 3 } at && (double)at[1]! > 0
        ? string.Create(CultureInfo.InvariantCulture, $"p50 {(double)at[0]!:0.0}, p95 {(double)at[1]!:0.0}, p99 {(double)at[2]!:0.0} ms")
        : "none yet";

    /// <summary>A field by its camelCase or snake_case name: the API writes one of them.</summary>
    private static JsonNode? Field(JsonObject from, string name) => from[name] ?? from[JsonNamingPolicy.SnakeCaseLower.ConvertName(name)];
}
