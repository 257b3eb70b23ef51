using Aeamc.P2P.Blocks;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Consensus;

/// <summary>
/// What the chain knew of a view's proposal when the view was given up: the second half of the reason, from a bounded set of stable names.
/// </summary>
public static class ViewDetail
{
    /// <summary>Nothing beyond the reason itself.</summary>
    public const string None = "";

    /// <summary>Batches that the proposal names were not here.</summary>
    public const string BatchesMissing = "batches_missing";

    /// <summary>The proposal's parent was not here or not executed.</summary>
    public const string ParentMissing = "parent_missing";

    /// <summary>The signatures of the block's batches were not all checked yet.</summary>
    public const string SignaturesUnchecked = "signatures_unchecked";

    /// <summary>A batch holds an entry with a wrong signature, or evidence that proves nothing.</summary>
    public const string BatchInvalid = "batch_invalid";

    /// <summary>More entries, bytes or evidence than a block may hold.</summary>
    public const string BlockTooLarge = "block_too_large";

    /// <summary>Every name there is but <see cref="None"/>.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        BatchesMissing, ParentMissing, SignaturesUnchecked, BatchInvalid, BlockTooLarge,
        .. Enum.GetValues<HeaderFault>().Select(Of).Where(name => name != None),
    ];

    /// <summary>A header's fault.</summary>
    public static string Of(HeaderFault fault) => fault switch
    {
        HeaderFault.None => None,
        HeaderFault.WrongPlace => "wrong_place",
        HeaderFault.WrongProposer => "wrong_proposer",
        HeaderFault.TimestampNotAfterParent => "timestamp_not_after_parent",
        HeaderFault.TimestampAhead => "timestamp_ahead",
        HeaderFault.WrongParameters => "wrong_parameters",
        HeaderFault.WrongStateRoot => "wrong_state_root",
        HeaderFault.WrongChainRoot => "wrong_chain_root",
        HeaderFault.WrongBeacon => "wrong_beacon",
        HeaderFault.RepeatedBatch => "repeated_batch",
        HeaderFault.WrongEntries => "wrong_entries",
        HeaderFault.TooMuchEvidence => "too_much_evidence",
        _ => throw Invariant.Fail($"no name for {fault}"),
    };

    /// <summary>The name as half a sentence; empty for <see cref="None"/>.</summary>
    public static string Sentence(string detail) => detail switch
    {
        None => "",
        BatchesMissing => "batches that it names were not here in time",
        ParentMissing => "its parent was not here in time",
        SignaturesUnchecked => "the signatures in it were not all checked in time",
        BatchInvalid => "it holds an entry with a wrong signature, or evidence that proves nothing",
        BlockTooLarge => "it holds more than a block may",
        "wrong_place" => "its header is of another place in the chain, cluster or epoch",
        "wrong_proposer" => "its header names another proposer",
        "timestamp_not_after_parent" => "its time is not after its parent's",
        "timestamp_ahead" => "its time was too far ahead of this node's clock",
        "wrong_parameters" => "its header names other network parameters",
        "wrong_state_root" => "its state root is not the one that the blocks before it lead to",
        "wrong_chain_root" => "its chain root is not that of the blocks before it",
        "wrong_beacon" => "its beacon proof does not verify",
        "repeated_batch" => "it holds a batch that an earlier block holds",
        "wrong_entries" => "its entries are not those that its header commits to",
        "too_much_evidence" => "it holds more evidence than a block may",
        _ => detail,
    };
}
