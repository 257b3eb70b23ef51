using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Aeamc.P2P.Node.Cli;

/// <summary><c>aeamc explain</c>: why a block, a view, evidence, a member or a proof is as it is, in plain sentences.</summary>
public static class ExplainCommand
{
    private const string ExitCodes = "Exit codes: 0 explained, 1 the node knows no such thing or does not answer, 2 mend something first.";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Build() => new(
        "explain",
        $"Say why something is as it is, in plain sentences: asks the running node.\n\n{ExitCodes}\n\nExamples:\n  aeamc explain block 120\n  aeamc explain view 131 --json | jq .views[0].reason")
    {
        One("block", "height", "Who proposed a block, which views before it ended without one and why, who signed it, what evidence it carries and what followed.", "aeamc explain block 120"),
        One("view", "view", "What became of a view: its block, or why this node gave it up and who else did. Reasons are kept for 4,096 views back.", "aeamc explain view 131"),
        One("evidence", "entry-id", "What a piece of evidence on the chain proves, and the penalty.", "aeamc explain evidence $(aeamc status --json | jq -r '.committee[].conviction.evidence // empty')"),
        One("member", "member", "What is held against a committee member: by its place from 0 on, its label in the genesis file, or its node id.", "aeamc explain member node-2"),
        One("proof", "entry-id", "Where a proof of task, or any other entry, is in the chain, what the ledger made of it, and what proves it.", "aeamc explain proof 9f3a..."),
    };

    private static Command One(string what, string argument, string description, string example)
    {
        var id = new Argument<string>(argument);
        Option<string> config = CommonOptions.Config();
        Option<bool> json = CommonOptions.Json();
        var command = new Command(what, $"{description}\n\n{ExitCodes}\n\nExample: {example}") { id, config, json };
        command.SetAction((parsed, cancellationToken) => Terminal.RunAsync(() => RunAsync(what, parsed.GetValue(id)!, parsed.GetValue(config)!, parsed.GetValue(json), cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(string what, string id, string config, bool json, CancellationToken cancellationToken)
    {
        if (await NodeApi.GetAsync(config, $"/v2/explain/{what}/{Uri.EscapeDataString(id)}", cancellationToken) is not { } explanation)
        {
            return ExitCode.Failure;
        }

        if (json)
        {
            Console.WriteLine(explanation.ToJsonString(Indented));
        }
        else
        {
            foreach (JsonNode? sentence in explanation["sentences"] as JsonArray ?? [])
            {
                Console.WriteLine(sentence);
            }
        }

        return ExitCode.Success;
    }
}
