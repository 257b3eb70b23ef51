namespace Aeamc.P2P.DeviceApi.Gateway;

/// <summary>A node's own account of itself: what <c>GET /v2/status</c>, <c>aeamc status</c> and the page show.</summary>
public sealed record NodeStatus
{
    public required string Version { get; init; }

    public required string Network { get; init; }

    public required uint ClusterId { get; init; }

    /// <summary>64 hexadecimal digits.</summary>
    public required string NodeId { get; init; }

    public required string PeerId { get; init; }

    /// <summary>Whether the node is in the committee, up to date, and sees a quorum: a load balancer may send devices here.</summary>
    public required bool Ready { get; init; }

    /// <summary>Why <see cref="Ready"/> is false, in a sentence; empty when it is true.</summary>
    public required string NotReadyReason { get; init; }

    /// <summary>Whether the node takes part in votes: one of <see cref="VotingState"/>.</summary>
    public string Voting { get; init; } = VotingState.Voting;

    /// <summary>Height of the last finalized block.</summary>
    public required ulong Height { get; init; }

    public required string BlockHash { get; init; }

    /// <summary>The authenticated state root after that block.</summary>
    public required string StateRoot { get; init; }

    /// <summary>Chain time of that block, Unix milliseconds.</summary>
    public required ulong BlockTimestamp { get; init; }

    public required ulong View { get; init; }

    public required ulong Epoch { get; init; }

    /// <summary>Committee members, in committee order, with whether this node is connected to them.</summary>
    public required IReadOnlyList<MemberStatus> Committee { get; init; }

    /// <summary>Connected libp2p peers, members or not.</summary>
    public required int Peers { get; init; }

    /// <summary>Peers in the address book, connected or not.</summary>
    public required int KnownPeers { get; init; }

    /// <summary>Peers that are banned at this moment for what they did.</summary>
    public required int BannedPeers { get; init; }

    /// <summary>Entries acknowledged by this node and not finalized yet.</summary>
    public required int Pending { get; init; }

    /// <summary>Entries acknowledged by this node since its start.</summary>
    public required long EntriesAccepted { get; init; }

    /// <summary>Proofs of task acknowledged by this node since its start.</summary>
    public required long ProofsAccepted { get; init; }

    /// <summary>Refused submissions since the start, by code.</summary>
    public required IReadOnlyDictionary<string, long> Refused { get; init; }

    /// <summary>Proofs of task counted by the ledger, over the chain's whole life.</summary>
    public required long ProofsFinalized { get; init; }

    /// <summary>Views that ended without a block since the start, by reason.</summary>
    public required IReadOnlyDictionary<string, long> NullifiedViews { get; init; }

    /// <summary>The same with what was known of the proposal, as <c>reason/detail</c>; views without a detail are left out.</summary>
    public IReadOnlyDictionary<string, long> NullifiedDetails { get; init; } = new Dictionary<string, long>();

    /// <summary>Proposals that this node refused to vote for since the start, by fault.</summary>
    public IReadOnlyDictionary<string, long> RejectedProposals { get; init; } = new Dictionary<string, long>();

    /// <summary>Equivocations that this node has seen since the start, by kind.</summary>
    public IReadOnlyDictionary<string, long> EquivocationsSeen { get; init; } = new Dictionary<string, long>();

    /// <summary>Members against whom this node has evidence that no block records yet.</summary>
    public int EvidencePending { get; init; }

    /// <summary>Members against whom an earlier run stored evidence that this one cannot use; the log of the start says why.</summary>
    public int EvidenceUnreadable { get; init; }

    /// <summary>Members whose equivocation is on the ledger.</summary>
    public int MembersConvicted { get; init; }

    /// <summary>What strangers sent to the libp2p and HTTP ports and was refused as such since the start, by reason; HTTP reasons begin with <c>http-</c>.</summary>
    public required IReadOnlyDictionary<string, long> NetworkRefusals { get; init; }

    /// <summary>Counts of accept-to-finalized durations of this node's entries, in the buckets of the node's latency histogram.</summary>
    public required IReadOnlyList<long> LatencyBuckets { get; init; }

    /// <summary>Accept-to-finalized latency in milliseconds: p50, p95, p99.</summary>
    public required IReadOnlyList<double> LatencyMilliseconds { get; init; }

    /// <summary>Counts of the durations from a block's timestamp to its being final on this node, in the buckets of the node's latency histogram.</summary>
    public IReadOnlyList<long> FinalityBuckets { get; init; } = [];

    /// <summary>From a block's timestamp, by its proposer's clock, to its being final on this node, in milliseconds: p50, p95, p99.</summary>
    public IReadOnlyList<double> FinalityMilliseconds { get; init; } = [];

    /// <summary>The group key under which checkpoints are signed (33 bytes compressed, hexadecimal), or empty while key generation runs.</summary>
    public required string GroupKey { get; init; }

    /// <summary>How far key generation is, in a sentence.</summary>
    public required string KeyGeneration { get; init; }

    /// <summary>Height of the newest co-signed checkpoint; 0 when there is none.</summary>
    public required ulong CheckpointHeight { get; init; }

    /// <summary>The newest anchors that this node has seen confirmed.</summary>
    public required IReadOnlyList<AnchorStatus> Anchors { get; init; }

    /// <summary>Resident memory in bytes.</summary>
    public required long ResidentBytes { get; init; }

    public required double UptimeSeconds { get; init; }
}

/// <summary>A committee member as one node sees it.</summary>
public sealed record MemberStatus(string NodeId, bool Connected, bool IsSelf)
{
    /// <summary>What its operator calls it, as the genesis file has it; or empty.</summary>
    public string Label { get; init; } = "";

    /// <summary>Its reputation on the ledger, 0..1,000.</summary>
    public ulong Reputation { get; init; }

    /// <summary>What it was convicted of; null when nothing is held against it.</summary>
    public ConvictionStatus? Conviction { get; init; }
}

/// <summary>A member's conviction, as the ledger has it.</summary>
/// <param name="Kind"><c>two_notarizes</c>, <c>two_finalizes</c> or <c>nullify_and_finalize</c>.</param>
/// <param name="Epoch">The epoch it was done in, the last one in which the member may be in the committee.</param>
/// <param name="View">The view it was done in.</param>
/// <param name="Height">The block that records it.</param>
/// <param name="Evidence">The id of the entry that proved it.</param>
public sealed record ConvictionStatus(string Kind, ulong Epoch, ulong View, ulong Height, string Evidence);

/// <summary>A checkpoint that is on a chain.</summary>
/// <param name="Chain"><c>journal</c> or the EVM chain id.</param>
/// <param name="Height">The checkpoint's height.</param>
/// <param name="Transaction">The transaction's hash, or the journal's line number.</param>
/// <param name="Gas">Gas used; 0 for a journal.</param>
/// <param name="Sender">Whether this node paid for it.</param>
public sealed record AnchorStatus(string Chain, ulong Height, string Transaction, ulong Gas, bool Sender);
