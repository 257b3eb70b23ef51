namespace Aeamc.P2P.Blocks;

/// <summary>Why a proposal's header cannot stand.</summary>
public enum HeaderFault
{
    /// <summary>It can.</summary>
    None,

    /// <summary>Another cluster or epoch, or its place does not follow the parent's.</summary>
    WrongPlace,

    /// <summary>The proposer is not the view's leader.</summary>
    WrongProposer,

    /// <summary>Not later than the parent.</summary>
    TimestampNotAfterParent,

    /// <summary>Further ahead of this node's clock than the drift bound. The only fault that depends on the node.</summary>
    TimestampAhead,

    /// <summary>The parameters hash is not the ledger's.</summary>
    WrongParameters,

    /// <summary>The state root is not the one after the parent.</summary>
    WrongStateRoot,

    /// <summary>The chain root is not the one over the earlier blocks.</summary>
    WrongChainRoot,

    /// <summary>The beacon proof does not verify.</summary>
    WrongBeacon,

    /// <summary>A batch that an ancestor holds already.</summary>
    RepeatedBatch,

    /// <summary>The entries root or the receipt count does not fit the batches.</summary>
    WrongEntries,

    /// <summary>More reports of equivocation than a block may hold.</summary>
    TooMuchEvidence,
}
