using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aeamc.P2P.Testnet.Reporting;

/// <summary>report.json: the verdict on a run and its figures. The names and their order are fixed; other programs read them.</summary>
/// <param name="Verdict"><c>pass</c> or <c>fail</c>.</param>
/// <param name="Reasons">Why it failed, in sentences; empty when it passed.</param>
/// <param name="Seconds">Length of the measured window.</param>
/// <param name="Nodes">Node processes.</param>
/// <param name="Devices">Simulated phones.</param>
/// <param name="Cores">Processors of the machine, shared by everything.</param>
/// <param name="Fsync">Whether votes and blocks reached the disk before they were sent or announced: always.</param>
/// <param name="Blocks">Blocks finalized in the window.</param>
/// <param name="Proofs">Proofs of task.</param>
/// <param name="LatencyMs">From HTTP accept to finalized, of all entries of the window.</param>
/// <param name="SignatureBoundPerSecond">Proofs a second if nodes did nothing but check each signature once, by the verifier that nodes use.</param>
/// <param name="RatioToBound">Finalized proofs a second over that bound.</param>
/// <param name="Anchors">Checkpoints that reached the chain.</param>
/// <param name="StateRootsEqual">Whether all nodes had the same block and state root at the same height in the end.</param>
/// <param name="RssMb">Resident memory of each node in MiB at the end.</param>
public sealed record Report(
    string Verdict,
    IReadOnlyList<string> Reasons,
    double Seconds,
    int Nodes,
    int Devices,
    int Cores,
    bool Fsync,
    long Blocks,
    ProofFigures Proofs,
    LatencyFigures LatencyMs,
    double SignatureBoundPerSecond,
    double RatioToBound,
    AnchorFigures Anchors,
    bool StateRootsEqual,
    IReadOnlyList<double> RssMb)
{
    [JsonIgnore]
    public bool Passed => Reasons.Count == 0;

    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.Report) + "\n";
}

/// <param name="Accepted">Acknowledged by a node in the window.</param>
/// <param name="Refused">Submissions of any kind that a node refused in the window.</param>
/// <param name="Finalized">Counted by the ledger in the window.</param>
/// <param name="PerSecond">Finalized over the window's length.</param>
public sealed record ProofFigures(long Accepted, long Refused, long Finalized, double PerSecond);

/// <summary>Percentiles in milliseconds.</summary>
public sealed record LatencyFigures(double P50, double P95, double P99);

/// <param name="Count">Checkpoints confirmed on the chain since the start.</param>
/// <param name="Chain"><c>journal</c>, or the EVM chain id.</param>
/// <param name="Gas">Gas of each, oldest first; empty for a journal.</param>
public sealed record AnchorFigures(int Count, string Chain, IReadOnlyList<ulong> Gas);

/// <summary>The JSON form of the report.</summary>
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>Apostrophes stay what they are: the file is not put into a page.</summary>
    public static ReportJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
