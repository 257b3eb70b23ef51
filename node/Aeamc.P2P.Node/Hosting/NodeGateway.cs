using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Node.Explain;
using Aeamc.P2P.Node.Metrics;
using Aeamc.P2P.Node.Signing;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage;

namespace Aeamc.P2P.Node.Hosting;

/// <summary>The running node as its HTTP interface sees it.</summary>
public sealed class NodeGateway(NodeHost host) : INodeGateway
{
    /// <summary>A head older than idle pace by this much means that the network, or this node, does not move.</summary>
    private static readonly TimeSpan StallAllowance = TimeSpan.FromSeconds(10);

    private Explainer? _explainer;

    public GenesisDocument Genesis => host.Genesis;

    public LedgerState State => host.Committer.Head.State;

    public Timestamp ChainTime => host.Committer.Head.Timestamp;

    public TimeProvider Time => TimeProvider.System;

    public Height Head => host.Committer.Head.Height;

    public async ValueTask<Submission> SubmitAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        if (host.SuspendedReason is null)
        {
            try
            {
                return await host.Ingress.SubmitAsync(entry, cancellationToken);
            }
            catch (Exception fault) when (DiskSpace.IsFull(fault))
            {
                host.OnFault(fault);
            }
        }

        return new Submission(SubmissionStatus.Busy, default, RefusalCode.None);
    }

    public EntryPlace? FindEntry(Hash256 entryId)
    {
        if (host.Store.GetReceipt(entryId) is not { } receipt)
        {
            return host.Waiting.Contains(entryId) ? new EntryPlace(EntryStage.Pending, default, 0, "") : null;
        }

        var code = (RefusalCode)receipt.Code;
        EntryStage stage = code switch
        {
            RefusalCode.None => host.Signing.Newest?.Checkpoint.Height >= receipt.Height ? EntryStage.Checkpointed : EntryStage.Finalized,
            RefusalCode.ProbationPending => EntryStage.Finalized,
            _ => EntryStage.Refused,
        };
        return new EntryPlace(stage, receipt.Height, (int)receipt.Index, code == RefusalCode.None ? "" : RefusalCodes.Code(code));
    }

    public ReceiptProof? ProveEntry(Hash256 entryId)
    {
        if (host.Store.GetReceipt(entryId) is not { } receipt || host.Store.GetBlock(receipt.Height) is not { } block
            || !MicroblockHeader.TryDecode(block.Header, out MicroblockHeader? header) || !BlockPayload.TryDecode(block.Payload, out BlockPayload? payload))
        {
            return null;
        }

        var entries = new List<BatchEntry>();
        foreach (Hash256 hash in payload.BatchHashes)
        {
            if (host.Store.GetBatch(hash) is not { } bytes || !Batch.TryDecode(bytes, out Batch? batch))
            {
                return null;
            }

            entries.AddRange(batch.Entries);
        }

        var inclusion = InclusionProof.Create(EntriesRoot.LeafHashes(entries), (int)receipt.Index);
        return new ReceiptProof(
            entries[(int)receipt.Index], inclusion, header, ProveUnderCheckpoint(receipt.Height), block.Finalization.Length > 0 ? block.Finalization : null);
    }

    public BlockView? FindBlock(Height height) =>
        host.Store.GetBlock(height) is { } block && MicroblockHeader.TryDecode(block.Header, out MicroblockHeader? header)
        && BlockPayload.TryDecode(block.Payload, out BlockPayload? payload)
            ? new BlockView(header, header.ComputeHash(), payload.BatchHashes, block.Finalization)
            : null;

    public SignedCheckpoint? FindCheckpoint(Height atLeast) =>
        host.Store.CheckpointCovering(atLeast) is { } stored ? CheckpointSigning.Decode(stored.Signed) : null;

    public SignedCheckpoint? LatestCheckpoint() => host.Signing.Newest;

    public Task WaitForBlockAboveAsync(Height height, CancellationToken cancellationToken) => host.Events.WaitAboveAsync(height, cancellationToken);

    public IAsyncEnumerable<NodeEvent> Events(CancellationToken cancellationToken) => host.Events.FollowAsync(cancellationToken);

    public Explanation? Explain(ExplainSubject subject, string id) => (_explainer ??= new Explainer(new ExplainerSources(host.Context, host.Store, host.Views)
    {
        Head = () => host.Committer.Head,
        CurrentView = () => host.Observer.View,
        Members = Members,
        FindEntry = FindEntry,
        CheckpointCovering = height => FindCheckpoint(height)?.Checkpoint.Height,
    })).Explain(subject, id);

    public NodeStatus Status()
    {
        FinalizedHead head = host.Committer.Head;
        MemberStatus[] members = Members();
        string notReady = NotReadyReason(head, members);
        long[] latency = host.Latency.Snapshot();
        long[] finality = host.Finality.Snapshot();
        return new NodeStatus
        {
            Version = typeof(NodeGateway).Assembly.GetName().Version?.ToString(3) ?? "0",
            Network = host.Genesis.NetworkName,
            ClusterId = host.Genesis.ClusterId,
            NodeId = host.Key.PublicKey.ToString(),
            PeerId = host.Network.LocalPeer.ToString(),
            Ready = notReady.Length == 0,
            Voting = host.SuspendedReason is not null ? VotingState.DiskFull : host.Observer.IsQuiet ? VotingState.QuietAfterRestore : VotingState.Voting,
            NotReadyReason = notReady,
            Height = head.Height.Value,
            BlockHash = head.Hash.ToString(),
            StateRoot = head.State.Root.ToString(),
            BlockTimestamp = head.Timestamp.Milliseconds,
            View = host.Observer.View.Value,
            Epoch = host.Context.Epoch.Value,
            Committee = members,
            Peers = host.Network.Peers.Count,
            KnownPeers = host.Network.KnownPeers,
            BannedPeers = host.Network.BannedPeers,
            Pending = host.Waiting.Count,
            EntriesAccepted = host.Ingress.Accepted,
            ProofsAccepted = host.Ingress.ProofsAccepted,
            Refused = host.Ingress.Refused,
            ProofsFinalized = (long)head.State.Counters.ProofsCounted,
            NullifiedViews = host.Observer.NullifiedViews,
            NullifiedDetails = host.Views.Counts.Where(count => count.Key.Detail.Length > 0)
                .ToDictionary(count => $"{ConsensusObserver.Name(count.Key.Reason)}/{count.Key.Detail}", count => count.Value),
            RejectedProposals = host.Committer.RejectedProposals,
            EquivocationsSeen = host.Evidence.Seen,
            EvidencePending = host.Evidence.Count,
            EvidenceUnreadable = host.Evidence.Unreadable.Count,
            MembersConvicted = head.State.Convicted().Count,
            NetworkRefusals = NetworkRefusals(),
            LatencyBuckets = latency,
            LatencyMilliseconds = LatencyHistogram.Percentiles(latency),
            FinalityBuckets = finality,
            FinalityMilliseconds = LatencyHistogram.Percentiles(finality),
            GroupKey = head.State.GroupKey is { } key ? Convert.ToHexStringLower(key.PublicKey) : "",
            KeyGeneration = host.KeyGenerationState,
            CheckpointHeight = host.Signing.Newest?.Checkpoint.Height.Value ?? 0,
            Anchors = host.Anchors.Confirmed,
            ResidentBytes = Environment.WorkingSet,
            UptimeSeconds = (Time.GetUtcNow() - host.StartedAt).TotalSeconds,
        };
    }

    /// <summary>The members in committee order.</summary>
    public MemberStatus[] Members()
    {
        LedgerState state = State;
        var connected = host.Network.Peers.Select(peer => peer.Id).ToHashSet();
        return
        [
            .. host.Genesis.Committee.Select(member => new MemberStatus(
                member.Id.ToString(), member.Id == host.Key.PublicKey || connected.Contains(PeerId.FromNodeId(member.Id)), member.Id == host.Key.PublicKey)
            {
                Label = member.Label,
                Reputation = state.Reputation(member.Id) ?? 0,
                Conviction = state.Misconduct(member.Id) is { } record
                    ? new ConvictionStatus(record.Kind.Name(), record.Epoch.Value, record.View.Value, record.Height.Value, record.Evidence.ToString())
                    : null,
            }),
        ];
    }

    private string NotReadyReason(FinalizedHead head, MemberStatus[] members)
    {
        if (host.SuspendedReason is { } suspended)
        {
            return suspended;
        }

        if (host.Observer.IsQuiet)
        {
            return "The data folder was restored: the node does not vote before a block beyond its signer watermark is final.";
        }

        int reachable = members.Count(member => member.Connected);
        if (reachable < host.Context.Committee.Quorum)
        {
            return $"Only {reachable} of {members.Length} committee members are connected; {host.Context.Committee.Quorum} are needed.";
        }

        if (host.IsCatchingUp)
        {
            return "The node is catching up with the chain.";
        }

        var age = TimeSpan.FromMilliseconds(new Timestamp((ulong)Time.GetUtcNow().ToUnixTimeMilliseconds()).Since(head.Timestamp));
        return age > TimeSpan.FromMilliseconds(head.State.Parameters.IdleIntervalMs) + StallAllowance
            ? $"The last block is {(int)age.TotalSeconds} s old."
            : "";
    }

    private SortedDictionary<string, long> NetworkRefusals()
    {
        var all = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach ((string reason, long count) in host.Network.Refusals.Snapshot().Concat(host.HttpRefusals.Snapshot()).Concat(GossipRefusals.Of(host.Pubsub))
            .Concat(host.ConsensusTransport.Refused).Concat(host.Intake.Refused)
            .Concat(host.Sources.Lies.Select(lie => KeyValuePair.Create($"sync_{lie.Key}", lie.Value))))
        {
            all[reason] = all.GetValueOrDefault(reason) + count;
        }

        return all;
    }

    private CheckpointProof? ProveUnderCheckpoint(Height height) =>
        FindCheckpoint(height) is { } signed && ChainProof.TryCreate(host.Store, height, checked(signed.Checkpoint.Height.Value + 1), out ChainProof? chain)
            ? new CheckpointProof(chain, signed)
            : null;
}
