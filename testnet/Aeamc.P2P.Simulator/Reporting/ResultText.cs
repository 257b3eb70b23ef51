using System.Globalization;

namespace Aeamc.P2P.Simulator.Reporting;

/// <summary>A run in words.</summary>
public static class ResultText
{
    public static string Write(SimulationResult result, SimulationOptions options, double wallSeconds)
    {
        string nullified = result.Nullified.Count == 0 ? "none" : string.Join(", ", result.Nullified.Select(n => $"{n.Key} {n.Value}"));
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            seed {result.Seed}: {(result.Passed ? "passed" : "FAILED")}, trace {result.Trace}
              {options.Nodes} nodes, {result.Height} blocks in {result.VirtualMicroseconds / 1e6:f3} s of virtual and {wallSeconds:f1} s of real time, view {result.View}
              interval p50 {result.Times.Interval.Milliseconds(0.5):f1} ms, p99 {result.Times.Interval.Milliseconds(0.99):f1} ms; finality p50 {result.Times.Finality.Milliseconds(0.5):f1} ms, p99 {result.Times.Finality.Milliseconds(0.99):f1} ms
              {result.PerNodeAndBlock(result.Traffic.Messages):f1} messages and {result.PerNodeAndBlock(result.Traffic.Bytes):f0} bytes a node and block, received {result.Traffic.DuplicationRatio:f2} times the needed
              longest time without a block {result.Times.LongestStall / 1000} ms; views nullified: {nullified}
            """);
        if (result.Entries > 0)
        {
            text += string.Create(CultureInfo.InvariantCulture, $"\n  {result.Entries} entries applied");
        }

        if (result.RangeBlocks + result.Snapshots + result.Checkpoints + result.Convicted.Count > 0)
        {
            text += string.Create(
                CultureInfo.InvariantCulture,
                $"\n  {result.RangeBlocks} blocks came in ranges, {result.Snapshots} members began with a snapshot; {result.Checkpoints} checkpoints signed; {result.Convicted.Count} members convicted");
        }

        if (result.Liars.Count > 0)
        {
            text += $"\n  false answers found out: {string.Join(", ", result.Liars.Select(lie => $"{lie.Key} {lie.Value}"))}";
        }

        text += string.Concat(result.RefusedStarts.Select(start => "\n  " + start));
        return result.Passed ? text : text + string.Concat(result.Violations.Select(v => "\n  violation: " + v));
    }
}
