using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceApi.Gateway;

/// <summary>The node as its HTTP interface sees it. All members are safe from any thread; reads give immutable snapshots.</summary>
public interface INodeGateway
{
    /// <summary>The network's genesis document: name, cluster, committee with address hints, parameters.</summary>
    GenesisDocument Genesis { get; }

    /// <summary>The ledger as of the last finalized block.</summary>
    LedgerState State { get; }

    /// <summary>The chain time of the last finalized block.</summary>
    Timestamp ChainTime { get; }

    /// <summary>The node's own clock.</summary>
    TimeProvider Time { get; }

    /// <summary>Takes an entry; accepted means durable.</summary>
    ValueTask<Submission> SubmitAsync(LedgerEntry entry, CancellationToken cancellationToken);

    /// <summary>Where an entry is; null when this node does not know it.</summary>
    EntryPlace? FindEntry(Hash256 entryId);

    /// <summary>The proof of an entry in a finalized block, with a checkpoint when one covers it; null while it is not finalized.</summary>
    ReceiptProof? ProveEntry(Hash256 entryId);

    /// <summary>A finalized block; null when there is none of that height, or it was pruned.</summary>
    BlockView? FindBlock(Height height);

    /// <summary>Height of the last finalized block.</summary>
    Height Head { get; }

    /// <summary>The first co-signed checkpoint at or above a height; null when there is none yet.</summary>
    SignedCheckpoint? FindCheckpoint(Height atLeast);

    /// <summary>The newest co-signed checkpoint; null when there is none yet.</summary>
    SignedCheckpoint? LatestCheckpoint();

    /// <summary>Why something is as it is.</summary>
    /// <param name="subject">What kind of thing.</param>
    /// <param name="id">Which one, as the kind names it; at most 64 characters.</param>
    /// <returns>Null when this node knows no such thing, or the id is none.</returns>
    Explanation? Explain(ExplainSubject subject, string id);

    /// <summary>The node's account of itself.</summary>
    NodeStatus Status();

    /// <summary>Completes when a block above <paramref name="height"/> is finalized.</summary>
    Task WaitForBlockAboveAsync(Height height, CancellationToken cancellationToken);

    /// <summary>Events from now on, oldest first; a slow reader misses the oldest.</summary>
    IAsyncEnumerable<NodeEvent> Events(CancellationToken cancellationToken);
}
