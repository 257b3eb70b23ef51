using System.Text.RegularExpressions;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Node.Metrics;

namespace Aeamc.P2P.Node.Tests.Metrics;

public partial class MetricsPageTests
{
    private static readonly NodeStatus Status = new()
    {
        Version = "0.1.0",
        Network = "unit",
        ClusterId = 0,
        NodeId = "aa",
        PeerId = "",
        Ready = true,
        NotReadyReason = "",
        Height = 12,
        BlockHash = "",
        StateRoot = "",
        BlockTimestamp = 1_700_000_000_500,
        View = 15,
        Epoch = 0,
        Committee =
        [
            new MemberStatus("aa", true, true) { Label = "node-0", Reputation = 500 },
            new MemberStatus("bb", false, false) { Label = "a \"quoted\\ label\n", Reputation = 0, Conviction = new ConvictionStatus("two_notarizes", 0, 9, 11, "ee") },
        ],
        Peers = 3,
        Pending = 1,
        EntriesAccepted = 5,
        ProofsAccepted = 4,
        ProofsFinalized = 20,
        Refused = new Dictionary<string, long> { ["proof_duplicate"] = 2 },
        NullifiedViews = new Dictionary<string, long>(),
        NetworkRefusals = new Dictionary<string, long>(),
        EquivocationsSeen = new Dictionary<string, long> { ["two_notarizes"] = 3 },
        EvidencePending = 0,
        EvidenceUnreadable = 1,
        MembersConvicted = 1,
        LatencyBuckets = [],
        LatencyMilliseconds = [],
        GroupKey = "",
        KeyGeneration = "",
        CheckpointHeight = 10,
        Anchors = [],
        KnownPeers = 0,
        BannedPeers = 0,
        ResidentBytes = 1 << 20,
        UptimeSeconds = 2.5,
    };

    private static readonly Dictionary<(NullifyReason, string), long> Views = new()
    {
        [(NullifyReason.LeaderTimeout, ViewDetail.None)] = 4,
        [(NullifyReason.AdvanceTimeout, ViewDetail.BatchesMissing)] = 2,
    };

    private readonly string[] _lines = MetricsPage.Write(Status, Views, Histogram(0.9, 1.2, 9, 40_000), Histogram()).TrimEnd('\n').Split('\n');

    [Fact]
    public void Every_line_is_of_the_text_format_and_every_sample_belongs_to_the_family_above_it()
    {
        string family = "";
        bool histogram = false;
        var samples = new HashSet<string>();
        foreach (string line in _lines)
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                Match type = TypeLine().Match(line);
                Assert.True(type.Success, line);
                family = type.Groups[1].Value;
                histogram = type.Groups[2].Value == "histogram";
                Assert.Equal(type.Groups[2].Value == "counter", family.EndsWith("_total", StringComparison.Ordinal));
            }
            else if (!HelpLine().IsMatch(line))
            {
                Match sample = SampleLine().Match(line);
                Assert.True(sample.Success, line);
                Assert.Equal(family, histogram ? HistogramSuffix().Replace(sample.Groups[1].Value, "") : sample.Groups[1].Value);
                Assert.True(samples.Add(line[..line.LastIndexOf(' ')]), line);
            }
        }

        Assert.True(samples.Count > 30);
    }

    [Theory]
    [InlineData("aeamc_chain_height 12")]
    [InlineData("aeamc_chain_head_timestamp_seconds 1700000000.5")]
    [InlineData("aeamc_entries_refused_total{reason=\"proof_duplicate\"} 2")]
    [InlineData("aeamc_views_nullified_total{reason=\"leader_timeout\",detail=\"\"} 4")]
    [InlineData("aeamc_views_nullified_total{reason=\"advance_timeout\",detail=\"\"} 0")]
    [InlineData("aeamc_views_nullified_total{reason=\"advance_timeout\",detail=\"batches_missing\"} 2")]
    [InlineData("aeamc_views_nullified_total{reason=\"leader_convicted\",detail=\"\"} 0")]
    [InlineData("aeamc_equivocations_seen_total{kind=\"two_notarizes\"} 3")]
    [InlineData("aeamc_equivocations_seen_total{kind=\"nullify_and_finalize\"} 0")]
    [InlineData("aeamc_evidence_unreadable 1")]
    [InlineData("aeamc_members_convicted 1")]
    [InlineData("aeamc_block_finality_seconds_bucket{le=\"0.001024\"} 1")]
    [InlineData("aeamc_block_finality_seconds_bucket{le=\"0.002048\"} 2")]
    [InlineData("aeamc_block_finality_seconds_bucket{le=\"0.008192\"} 2")]
    [InlineData("aeamc_block_finality_seconds_bucket{le=\"0.016384\"} 3")]
    [InlineData("aeamc_block_finality_seconds_bucket{le=\"16.777216\"} 3")]
    [InlineData("aeamc_block_finality_seconds_bucket{le=\"+Inf\"} 4")]
    [InlineData("aeamc_block_finality_seconds_sum 40.0111")]
    [InlineData("aeamc_block_finality_seconds_count 4")]
    [InlineData("aeamc_entry_latency_seconds_count 0")]
    [InlineData("aeamc_member_reputation{member=\"bb\",label=\"a \\\"quoted\\\\ label\\n\"} 0")]
    public void Figures_are_there_under_their_names(string line) => Assert.Contains(line, _lines);

    private static LatencyHistogram Histogram(params double[] milliseconds)
    {
        var histogram = new LatencyHistogram();
        Array.ForEach(milliseconds, duration => histogram.Record(TimeSpan.FromMilliseconds(duration)));
        return histogram;
    }

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramSuffix();

    [GeneratedRegex(@"^# HELP [a-z_]+ \S.*$")]
    private static partial Regex HelpLine();

    [GeneratedRegex("^# TYPE ([a-z_]+) (gauge|counter|histogram)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex("""^([a-z_]+)(?:\{[a-z]+="(?:[^"\\]|\\["\\n])*"(?:,[a-z]+="(?:[^"\\]|\\["\\n])*")*\})? -?[0-9.E+]+$""")]
    private static partial Regex SampleLine();
}
