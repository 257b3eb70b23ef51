namespace Aeamc.P2P.DeviceApi.Gateway;

/// <summary>Why something is as it is, in plain sentences and in figures: what <c>GET /v2/explain/{what}/{id}</c> and <c>aeamc explain</c> show.</summary>
/// <param name="Subject">What is explained, such as <c>block 12</c>.</param>
/// <param name="Sentences">The account, one sentence each, the most important first.</param>
public sealed record Explanation(string Subject, IReadOnlyList<string> Sentences)
{
    /// <summary>The block in question.</summary>
    public ExplainedBlock? Block { get; init; }

    /// <summary>The view in question, or the views before the block that ended without one, oldest first.</summary>
    public IReadOnlyList<ExplainedView> Views { get; init; } = [];

    /// <summary>The evidence in question, or what the block carries, in its order.</summary>
    public IReadOnlyList<ExplainedEvidence> Evidence { get; init; } = [];

    /// <summary>The member in question.</summary>
    public MemberStatus? Member { get; init; }

    /// <summary>The entry in question.</summary>
    public ExplainedEntry? Entry { get; init; }
}

/// <summary>A finalized block.</summary>
/// <param name="Height">Its height.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="View">The view it was proposed in.</param>
/// <param name="Leader">Who led that view, as a node id.</param>
/// <param name="Timestamp">Chain time, Unix milliseconds.</param>
/// <param name="Entries">How many entries it holds.</param>
/// <param name="FinalizedBy">The block whose finalization made it final: itself, or a descendant; null when this node has none stored yet.</param>
/// <param name="Signers">Who signed that finalization, as node ids.</param>
public sealed record ExplainedBlock(
    ulong Height, string Hash, ulong View, string Leader, ulong Timestamp, int Entries, ulong? FinalizedBy, IReadOnlyList<string> Signers);

/// <summary>A view.</summary>
/// <param name="View">Its number.</param>
/// <param name="Leader">Who led it, as a node id.</param>
/// <param name="Outcome"><c>block</c>, <c>nullified</c>, <c>no_block</c> (no final block is of it, and no nullification is known here) or <c>open</c>.</param>
/// <param name="Height">The block's height when it ended with one.</param>
/// <param name="Reason">Why the answering node gave it up, a stable name; null when it did not, or does not remember.</param>
/// <param name="Detail">What it knew of the proposal then, a stable name; null for nothing.</param>
/// <param name="GivenUpBy">Who signed the nullification, as node ids.</param>
/// <param name="At">When the answering node gave it up or heard of it, Unix milliseconds by its clock.</param>
public sealed record ExplainedView(
    ulong View, string Leader, string Outcome, ulong? Height, string? Reason, string? Detail, IReadOnlyList<string> GivenUpBy, ulong? At);

/// <summary>Evidence in a block.</summary>
/// <param name="Id">The entry's id.</param>
/// <param name="Height">The block that holds it.</param>
/// <param name="Reporter">Who reported it, as a node id.</param>
/// <param name="Offender">Who contradicted itself, as a node id.</param>
/// <param name="Kind">How, a stable name.</param>
/// <param name="Epoch">In which epoch.</param>
/// <param name="View">In which view.</param>
/// <param name="First">The first statement.</param>
/// <param name="Second">The second one.</param>
/// <param name="Convicted">Whether this is the entry that convicted the offender.</param>
/// <param name="Refusal">The ledger's code when it was refused, as a second report is.</param>
public sealed record ExplainedEvidence(
    string Id, ulong Height, string Reporter, string Offender, string Kind, ulong Epoch, ulong View, string First, string Second, bool Convicted, string? Refusal);

/// <summary>An entry that this node knows.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">Its kind; null while it is in no block.</param>
/// <param name="Stage">How far it has come.</param>
/// <param name="Height">The block that holds it.</param>
/// <param name="Index">Its place in that block.</param>
/// <param name="Refusal">The ledger's code when it was refused.</param>
/// <param name="Checkpoint">The height of the co-signed checkpoint that covers it.</param>
public sealed record ExplainedEntry(string Id, string? Kind, string Stage, ulong? Height, int? Index, string? Refusal, ulong? Checkpoint);
