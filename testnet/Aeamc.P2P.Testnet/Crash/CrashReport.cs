using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aeamc.P2P.Testnet.Crash;

/// <summary>What a kill sweep found. Times in milliseconds, from the start of the killed node's next process.</summary>
/// <param name="Verdict"><c>pass</c> or <c>fail</c>.</param>
/// <param name="Violations">What must never be, in sentences; empty when it passed.</param>
/// <param name="Seed">The sweep's seed.</param>
/// <param name="Seconds">From the first kill to the last recovery.</param>
/// <param name="Kills">Processes killed.</param>
/// <param name="AtPoints">Of them, how many by place between two steps of writing.</param>
/// <param name="Votes">Different statements that were heard and compared.</param>
/// <param name="Messages">Consensus messages that were written down.</param>
/// <param name="Blocks">Height of the chain in the end, the same on all nodes.</param>
/// <param name="Proofs">Acknowledged proofs, each looked up.</param>
/// <param name="Answering">Until the node answered over HTTP.</param>
/// <param name="Voting">Until another member heard it vote in a new view.</param>
/// <param name="Following">Until it had finalized a block above all that anybody had when it started; of nodes that were down alone.</param>
/// <param name="FollowingSeveral">The same where two or all had been down at once and the network stood still.</param>
public sealed record CrashReport(
    string Verdict,
    IReadOnlyList<string> Violations,
    ulong Seed,
    double Seconds,
    int Kills,
    IReadOnlyDictionary<string, int> AtPoints,
    long Votes,
    long Messages,
    ulong Blocks,
    int Proofs,
    RecoveryFigures Answering,
    RecoveryFigures Voting,
    RecoveryFigures Following,
    RecoveryFigures FollowingSeveral)
{
    [JsonIgnore]
    public bool Passed => Violations.Count == 0;

    public string ToJson() => JsonSerializer.Serialize(this, CrashJson.Readable.CrashReport) + "\n";

    /// <summary>The figures in a few lines for a terminal.</summary>
    public string Summary() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
          killed        {Kills} processes in {Seconds:0} s, {AtPoints.Values.Sum()} of them at {AtPoints.Count} named places
          compared      {Votes} votes out of {Messages} messages, {Blocks} blocks on every node, {Proofs} acknowledged proofs
          recovery ms   answers {Answering}; votes {Voting}; follows {Following} ({Following.Count} nodes down alone); {FollowingSeveral} ({FollowingSeveral.Count} together)
          violations    {(Passed ? "none" : string.Join("\n                ", Violations))}
        """);
}

/// <summary>Percentiles of recovery times in milliseconds; <paramref name="Count"/> recoveries.</summary>
public sealed record RecoveryFigures(int Count, double P50, double P95, double Max)
{
    /// <summary>Sorts and takes the nearest ranks.</summary>
    public static RecoveryFigures Of(IEnumerable<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        return sorted.Length == 0 ? new RecoveryFigures(0, 0, 0, 0) : new RecoveryFigures(sorted.Length, At(0.50), At(0.95), Math.Round(sorted[^1]));

        double At(double rank) => Math.Round(sorted[Math.Min(sorted.Length - 1, (int)(rank * sorted.Length))]);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"p50 {P50:0}, p95 {P95:0}, max {Max:0}");
}

/// <summary>The JSON form of the report.</summary>
[JsonSerializable(typeof(CrashReport))]
internal sealed partial class CrashJson : JsonSerializerContext
{
    /// <summary>Sentences stay readable: the file is for people too, and never put into a page.</summary>
    public static CrashJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
