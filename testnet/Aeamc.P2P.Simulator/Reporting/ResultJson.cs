using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Aeamc.P2P.Simulator.Measuring;

namespace Aeamc.P2P.Simulator.Reporting;

/// <summary>A run as JSON: the line that <c>--json</c> prints, and the longer report.</summary>
public static class ResultJson
{
    private static readonly JavaScriptEncoder Plain = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>One line.</summary>
    public static string Write(SimulationResult result, double wallSeconds) => Text(false, json => WriteFields(json, result, wallSeconds));

    /// <summary>The same fields and everything else that was measured.</summary>
    public static string WriteReport(SimulationOptions options, SimulationResult result, double wallSeconds) => Text(true, json =>
    {
        json.WriteString("command", Cli.CommandLine.For(options));
        WriteFields(json, result, wallSeconds);
        json.WriteNumber("view", result.View);
        json.WriteNumber("entries", result.Entries);
        json.WriteNumber("range_blocks", result.RangeBlocks);
        json.WriteNumber("snapshots", result.Snapshots);
        json.WriteNumber("checkpoints", result.Checkpoints);
        json.WriteNumber("convicted", result.Convicted.Count);
        json.WriteNumber("false_answers", result.Liars.Values.Sum());
        json.WriteNumber("longest_stall_ms", result.Times.LongestStall / 1000.0);
        json.WriteNumber("stall_bound_ms", options.StallBound);
        json.WriteNumber("resume_ms", result.ResumeMicroseconds / 1000.0);
        json.WriteNumber("resume_bound_ms", options.ResumeBound);
        json.WriteNumber("received_over_needed_bytes", Math.Round(result.Traffic.DuplicationRatio, 4));
        json.WriteNumber("quorum_latency_bound_ms", QuorumLatency.Bound(options.Latency, options.Nodes).Milliseconds(0.5));
        json.WriteStartObject("nullified");
        foreach ((Consensus.Simplex.NullifyReason reason, int count) in result.Nullified)
        {
            json.WriteNumber(JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()), count);
        }

        json.WriteEndObject();
        json.WriteStartArray("offenders");
        foreach (int offender in result.Offenders)
        {
            json.WriteNumberValue(offender);
        }

        json.WriteEndArray();
    });

    private static void WriteFields(Utf8JsonWriter json, SimulationResult result, double wallSeconds)
    {
        json.WriteString("trace", result.Trace);
        json.WriteStartArray("violations");
        foreach (string violation in result.Violations)
        {
            json.WriteStringValue(violation);
        }

        json.WriteEndArray();
        json.WriteNumber("blocks", result.Height);
        json.WriteNumber("virtual_seconds", result.VirtualMicroseconds / 1_000_000.0);
        json.WriteNumber("wall_seconds", Math.Round(wallSeconds, 3));
        WriteQuantiles(json, "interval_ms", result.Times.Interval);
        WriteQuantiles(json, "finality_ms", result.Times.Finality);
        json.WriteNumber("messages_per_node_per_block", result.PerNodeAndBlock(result.Traffic.Messages));
        json.WriteNumber("bytes_per_node_per_block", result.PerNodeAndBlock(result.Traffic.Bytes));
    }

    private static void WriteQuantiles(Utf8JsonWriter json, string name, Quantiles quantiles)
    {
        json.WriteStartObject(name);
        json.WriteNumber("p50", quantiles.Milliseconds(0.5));
        json.WriteNumber("p99", quantiles.Milliseconds(0.99));
        json.WriteEndObject();
    }

    private static string Text(bool indented, Action<Utf8JsonWriter> fields)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = indented, Encoder = Plain }))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
