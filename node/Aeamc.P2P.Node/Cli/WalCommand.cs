using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Node.Hosting;
using Aeamc.P2P.Storage;
using Aeamc.P2P.Storage.Log;
using Aeamc.P2P.Storage.Signer;

namespace Aeamc.P2P.Node.Cli;

/// <summary><c>aeamc wal</c>: the consensus log of a node that does not run: look, and cut off damage.</summary>
public static class WalCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Build()
    {
        Option<string> config = CommonOptions.Config();
        Option<bool> json = CommonOptions.Json();
        var records = new Option<bool>("--records") { Description = "Print every record as well." };
        var inspect = new Command(
            "inspect",
            "Read the whole consensus log and the signer watermark, changing nothing.\n\nExit codes: 0 the node can start on it (an end torn by a crash is cut off then), 1 it is damaged, 2 mend something first.\n\nExamples:\n  aeamc wal inspect --config /etc/aeamc/node.toml\n  aeamc wal inspect --records | grep Nullify\n  aeamc wal inspect --json | jq .state")
        {
            config, records, json,
        };
        inspect.SetAction((parsed, _) => Terminal.RunAsync(() => Task.FromResult(Inspect(parsed.GetValue(config)!, parsed.GetValue(records), parsed.GetValue(json)))));
        var repair = new Command(
            "repair",
            "Cut a damaged consensus log at the damage. What is cut is kept beside it (*.damaged). The signer watermark stays: if votes were lost with the cut, the node starts quiet and votes again when a block beyond the watermark is final.\n\nExit codes: 0 the log is whole now, 2 mend something first (the node runs, for one).\n\nExamples:\n  aeamc wal repair --config /etc/aeamc/node.toml\n  aeamc wal repair --json | jq .records_kept")
        {
            config, json,
        };
        repair.SetAction((parsed, _) => Terminal.RunAsync(() => Task.FromResult(Repair(parsed.GetValue(config)!, parsed.GetValue(json)))));
        return new Command("wal", "Look at the consensus log of a node that does not run, and cut off damage.") { inspect, repair };
    }

    private static int Inspect(string path, bool withRecords, bool json)
    {
        NodeConfig config = OfflineFolder.Find(path);
        var records = new JsonArray();
        ulong count = 0;
        ulong highest = 0;
        IReadOnlyList<LogSegmentReport> segments = ConsensusLogInspection.Inspect(NodeHost.WalFolder(config), stored =>
        {
            count++;
            WalRecord? record = ConsensusJournal.TryRead(stored, out WalRecord? known) ? known : null;
            highest = Math.Max(highest, record?.View.Value ?? 0);
            if (withRecords)
            {
                records.Add(new JsonObject { ["sequence"] = stored.Sequence, ["view"] = record?.View.Value, ["record"] = Describe(record) });
            }
        });
        LogSegmentReport? problem = segments.LastOrDefault(segment => segment.Problem is not null);
        bool damaged = problem is { Damaged: true };
        SignerMemory memory = ReadMemory(config);
        if (json)
        {
            var report = new JsonObject
            {
                ["state"] = damaged ? "damaged" : problem is null ? "whole" : "torn",
                ["file"] = problem?.File,
                ["offset"] = problem?.UsedBytes,
                ["problem"] = problem?.Problem,
                ["records"] = count,
                ["highest_view"] = highest,
                ["watermark"] = memory.Highest is { } some ? new JsonObject { ["view"] = some.View.Value, ["kind"] = some.Kind.ToString(), ["hash"] = some.Hash.ToString() } : null,
                ["beside_log"] = new JsonArray([.. memory.Unlogged.Select(vote => JsonValue.Create(vote.ToString()))]),
                ["segments"] = new JsonArray([.. segments.Select(Json)]),
            };
            if (withRecords)
            {
                report["log"] = records;
            }

            Console.WriteLine(report.ToJsonString(Indented));
        }
        else
        {
            Print(segments, records, memory, highest);
            Console.WriteLine(damaged ? $"damaged      {problem!.File}, byte {problem.UsedBytes}: {problem.Problem}. Mend it with: aeamc wal repair --config {path}"
                : problem is null ? "state        whole"
                : $"state        torn at its end, as a crash leaves it: {problem.File}, byte {problem.UsedBytes}. The next start cuts it off");
        }

        return damaged ? ExitCode.Failure : ExitCode.Success;
    }

    private static int Repair(string path, bool json)
    {
        NodeConfig config = OfflineFolder.Find(path);
        using DataFolderLock held = OfflineFolder.Lock(config);
        LogRepair? repair = ConsensusLogInspection.Repair(NodeHost.WalFolder(config));
        if (json)
        {
            Console.WriteLine(new JsonObject
            {
                ["repaired"] = repair is not null,
                ["file"] = repair?.File,
                ["offset"] = repair?.Offset,
                ["records_kept"] = repair?.RecordsKept,
                ["set_aside"] = new JsonArray([.. (repair?.SetAside ?? []).Select(file => JsonValue.Create(file))]),
            }.ToJsonString(Indented));
        }
        else if (repair is null)
        {
            Console.WriteLine("nothing to repair: the log is whole, or torn at its end only, which the next start cuts off.");
        }
        else
        {
            Console.WriteLine($"cut {repair.File} at byte {repair.Offset}; {repair.RecordsKept} whole records before it are kept.");
            Console.WriteLine($"set aside: {string.Join(", ", repair.SetAside)}");
            Console.WriteLine("Next: aeamc run. If votes were lost with the cut, the node does not vote before a block beyond its signer watermark is final.");
        }

        return ExitCode.Success;
    }

    private static SignerMemory ReadMemory(NodeConfig config)
    {
        if (!File.Exists(NodeHost.WatermarkPath(config)))
        {
            return SignerMemory.None;
        }

        using SignerWatermark file = SignerWatermark.Open(NodeHost.WatermarkPath(config));
        return ConsensusJournal.ReadMemory(file);
    }

    private static void Print(IReadOnlyList<LogSegmentReport> segments, JsonArray records, SignerMemory memory, ulong highest)
    {
        foreach (LogSegmentReport segment in segments)
        {
            string last = segment.Records == 0 ? "empty" : $"records {segment.FirstSequence} to {segment.FirstSequence + (ulong)segment.Records - 1}";
            Console.WriteLine($"segment      {Path.GetFileName(segment.File)}  {last}, {segment.UsedBytes} of {segment.CapacityBytes} bytes");
        }

        foreach (JsonNode? record in records)
        {
            Console.WriteLine($"record       {record!["sequence"],8}  {record["record"]}");
        }

        Console.WriteLine($"highest view {highest}");
        Console.WriteLine($"watermark    {(memory.Highest is { } some ? $"{some.Kind} in view {some.View}" : "none: this key has not voted")}");
        foreach (Statement vote in memory.Unlogged)
        {
            Console.WriteLine($"beside       {vote}: in the signer's file since the log was last known to be synced");
        }
    }

    private static string Describe(WalRecord? record) => record switch
    {
        null => "not of this version",
        WalRecord.Voted voted => $"voted {voted.Statement}",
        WalRecord.Accepted accepted => $"accepted a certificate of {accepted.Certificate.Signers.Count} for {accepted.Certificate.Statement}",
        WalRecord.Certified certified => $"certified view {certified.View} {certified.Hash.ToShortString()}: {(certified.Valid ? "valid" : "invalid")}",
        WalRecord.Proposed proposed => $"proposed {proposed.Notarize}, {proposed.Content.Length} bytes",
        _ => record.GetType().Name,
    };

    private static JsonObject Json(LogSegmentReport segment) => new()
    {
        ["file"] = segment.File,
        ["first_sequence"] = segment.FirstSequence,
        ["records"] = segment.Records,
        ["used_bytes"] = segment.UsedBytes,
        ["capacity_bytes"] = segment.CapacityBytes,
        ["problem"] = segment.Problem,
        ["damaged"] = segment.Damaged,
    };
}
