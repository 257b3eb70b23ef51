namespace Aeamc.P2P.Consensus.Proofs;

/// <summary>What a verifier says; everything but <see cref="Valid"/> is a refusal and its reason.</summary>
public enum ProofVerdict
{
    /// <summary>The proof holds.</summary>
    Valid = 0,

    /// <summary>The bytes are not a canonical proof.</summary>
    Malformed = 1,

    /// <summary>The proof counts another number of entries than the header.</summary>
    EntryCountMismatch = 2,

    /// <summary>The entry's path does not end in the header's entries root.</summary>
    EntryNotInBlock = 3,

    /// <summary>The proof has no checkpoint, but one was asked for.</summary>
    CheckpointMissing = 4,

    /// <summary>The checkpoint is of another network or cluster, or the header is.</summary>
    WrongNetwork = 5,

    /// <summary>The checkpoint is below the block.</summary>
    CheckpointTooOld = 6,

    /// <summary>The block's path does not end in the checkpoint's chain root.</summary>
    BlockNotInChain = 7,

    /// <summary>The checkpoint is signed under a key other than the trusted one.</summary>
    UntrustedGroupKey = 8,

    /// <summary>The group signature does not verify.</summary>
    BadGroupSignature = 9,

    /// <summary>The proof has no finalization certificate, but one was asked for.</summary>
    FinalizationMissing = 10,

    /// <summary>The finalization certificate does not verify.</summary>
    BadFinalization = 11,
}
