namespace Aeamc.P2P.DeviceApi.Gateway;

/// <summary>Something a follower of the node may want to see at once.</summary>
public abstract record NodeEvent(ulong Height)
{
    /// <summary>The event's name on the stream.</summary>
    public abstract string Name { get; }
}

/// <summary>A block was finalized.</summary>
/// <param name="Height">Its height.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="View">The view it was proposed in.</param>
/// <param name="Entries">How many entries it holds.</param>
/// <param name="Receipts">How many of them are proofs of task.</param>
/// <param name="ProofsCounted">How many proofs the ledger counted.</param>
/// <param name="Proposer">The proposer's node id.</param>
/// <param name="Timestamp">Chain time, Unix milliseconds.</param>
/// <param name="StateRoot">The state root after it.</param>
public sealed record BlockFinalizedEvent(
    ulong Height, string Hash, ulong View, int Entries, int Receipts, int ProofsCounted, string Proposer, ulong Timestamp, string StateRoot)
    : NodeEvent(Height)
{
    public override string Name => "block";
}

/// <summary>The committee co-signed a checkpoint.</summary>
public sealed record CheckpointSignedEvent(ulong Height, string BlockHash, string Signature) : NodeEvent(Height)
{
    public override string Name => "checkpoint";
}

/// <summary>A checkpoint is on a chain.</summary>
public sealed record AnchoredEvent(ulong Height, string Chain, string Transaction, ulong Gas, bool Sender) : NodeEvent(Height)
{
    public override string Name => "anchor";
}
