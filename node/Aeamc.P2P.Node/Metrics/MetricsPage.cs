using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Consensus;

namespace Aeamc.P2P.Node.Metrics;

/// <summary>What <c>GET /metrics</c> serves: the figures of the node's status under Prometheus's naming conventions. All labels come from bounded sets.</summary>
public static class MetricsPage
{
    /// <summary>The page's path.</summary>
    public const string Path = "/metrics";

    /// <summary>The page.</summary>
    /// <param name="status">The node's account of itself.</param>
    /// <param name="views">Views that the node gave up since its start, by reason and detail.</param>
    /// <param name="finality">From a block's timestamp to its being final on this node.</param>
    /// <param name="latency">From acknowledging an entry to its being final and on this node's disk.</param>
    public static string Write(NodeStatus status, IReadOnlyDictionary<(NullifyReason Reason, string Detail), long> views, LatencyHistogram finality, LatencyHistogram latency)
    {
        var text = new PrometheusText();
        text.Family("aeamc_node_info", "gauge", "The node; always 1.")
            .Sample("aeamc_node_info", 1, ("version", status.Version), ("network", status.Network), ("node", status.NodeId));
        text.Gauge("aeamc_ready", "Whether the node is up to date and sees a quorum.", status.Ready ? 1 : 0);
        text.Gauge("aeamc_voting", "Whether the node takes part in votes.", status.Voting == VotingState.Voting ? 1 : 0);
        text.Gauge("aeamc_uptime_seconds", "Time since the start.", status.UptimeSeconds);
        text.Gauge("aeamc_resident_memory_bytes", "Memory of the process.", status.ResidentBytes);
        text.Gauge("aeamc_chain_height", "Height of the last finalized block.", status.Height);
        text.Gauge("aeamc_chain_head_timestamp_seconds", "Chain time of the last finalized block, Unix time.", status.BlockTimestamp / 1000.0);
        text.Gauge("aeamc_chain_checkpoint_height", "Height of the newest co-signed checkpoint.", status.CheckpointHeight);
        text.Gauge("aeamc_consensus_view", "The view that the node is in.", status.View);
        text.Gauge("aeamc_peers", "Connected peers, members or not.", status.Peers);
        text.Gauge("aeamc_entries_pending", "Entries acknowledged by this node and not finalized yet.", status.Pending);
        text.Counter("aeamc_entries_accepted_total", "Entries acknowledged by this node.", status.EntriesAccepted);
        text.Counter("aeamc_proofs_accepted_total", "Proofs of task acknowledged by this node.", status.ProofsAccepted);
        text.Gauge("aeamc_chain_proofs", "Proofs of task that the ledger has counted.", status.ProofsFinalized);
        WriteCounts(text, "aeamc_entries_refused_total", "Submissions refused.", "reason", status.Refused);
        WriteCounts(text, "aeamc_network_refusals_total", "What strangers sent and was refused as such.", "reason", status.NetworkRefusals);
        WriteCounts(text, "aeamc_proposals_rejected_total", "Proposals that this node did not vote for.", "fault", status.RejectedProposals);
        text.Histogram("aeamc_block_finality_seconds", "From a block's timestamp, by its proposer's clock, to its being final on this node.", finality);
        text.Histogram("aeamc_entry_latency_seconds", "From acknowledging an entry to its being final and on this node's disk.", latency);
        WriteViews(text, views);
        WriteMembers(text, status);
        return text.ToString();
    }

    /// <summary>Every reason is there from the start on, so that a rate over it has a beginning.</summary>
    private static void WriteViews(PrometheusText text, IReadOnlyDictionary<(NullifyReason Reason, string Detail), long> views)
    {
        const string name = "aeamc_views_nullified_total";
        text.Family(name, "counter", "Views that this node gave up, by reason and by what it knew of the proposal.");
        foreach (NullifyReason reason in Enum.GetValues<NullifyReason>())
        {
            text.Sample(name, views.GetValueOrDefault((reason, ViewDetail.None)), ("reason", ConsensusObserver.Name(reason)), ("detail", ViewDetail.None));
            foreach (string detail in ViewDetail.All.Where(detail => views.ContainsKey((reason, detail))))
            {
                text.Sample(name, views[(reason, detail)], ("reason", ConsensusObserver.Name(reason)), ("detail", detail));
            }
        }
    }

    private static void WriteMembers(PrometheusText text, NodeStatus status)
    {
        const string seen = "aeamc_equivocations_seen_total";
        text.Family(seen, "counter", "Equivocations of members that this node has seen.");
        foreach (OffenceKind kind in Enum.GetValues<OffenceKind>().Where(kind => kind != OffenceKind.None))
        {
            text.Sample(seen, status.EquivocationsSeen.GetValueOrDefault(kind.Name()), ("kind", kind.Name()));
        }

        text.Gauge("aeamc_evidence_pending", "Members against whom this node has evidence that no block records yet.", status.EvidencePending);
        text.Gauge("aeamc_evidence_unreadable", "Members against whom the store has evidence that this program cannot use.", status.EvidenceUnreadable);
        text.Gauge("aeamc_members_convicted", "Members whose equivocation is on the ledger.", status.MembersConvicted);
        text.Family("aeamc_member_connected", "gauge", "Whether a committee member is connected to this node, or is it.");
        Each("aeamc_member_connected", member => member.Connected ? 1 : 0);
        text.Family("aeamc_member_reputation", "gauge", "A committee member's reputation on the ledger, 0 to 1000.");
        Each("aeamc_member_reputation", member => member.Reputation);

        void Each(string name, Func<MemberStatus, double> value)
        {
            foreach (MemberStatus member in status.Committee)
            {
                text.Sample(name, value(member), ("member", member.NodeId), ("label", member.Label));
            }
        }
    }

    private static void WriteCounts(PrometheusText text, string name, string help, string label, IReadOnlyDictionary<string, long> counts)
    {
        text.Family(name, "counter", help);
        foreach ((string key, long count) in counts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Sample(name, count, (label, key));
        }
    }
}
