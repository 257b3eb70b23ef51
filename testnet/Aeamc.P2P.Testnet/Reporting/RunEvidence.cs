using Aeamc.P2P.Testnet.Processes;

namespace Aeamc.P2P.Testnet.Reporting;

/// <summary>All that the verdict on a run rests on.</summary>
public sealed record RunEvidence
{
    /// <summary>What was asked for.</summary>
    public required TestnetOptions Options { get; init; }

    /// <summary>What stopped the run before its end, in a sentence; null when nothing did.</summary>
    public string? Fault { get; init; }

    /// <summary>How long the measured window was.</summary>
    public TimeSpan Measured { get; init; }

    /// <summary>Heights of the nodes when measuring began and ended; null for a node that did not answer.</summary>
    public IReadOnlyList<(ulong? Start, ulong? End)> Heights { get; init; } = [];

    /// <summary>Whether the nodes agreed in the end.</summary>
    public ChainComparison Chain { get; init; } = ChainComparison.NotMade;

    /// <summary>Proofs acknowledged by any node since the start.</summary>
    public long ProofsAccepted { get; init; }

    /// <summary>Proofs of task in all blocks, counted as they came; null when a block was missed.</summary>
    public long? ProofsInBlocks { get; init; }

    /// <summary>Proofs that the ledger counted in the window.</summary>
    public long ProofsFinalized { get; init; }

    /// <summary>Entries that each node still held when the time to finish them was over; null for a node that did not answer.</summary>
    public IReadOnlyList<int?> PendingAfterDrain { get; init; } = [];

    public int Anchors { get; init; }

    /// <summary>What is wrong with the chain's copy of the newest anchor, in a sentence; null when it is right or there is none.</summary>
    public string? AnchorFault { get; init; }

    /// <summary>How each node stopped.</summary>
    public IReadOnlyList<StopOutcome> Stops { get; init; } = [];
}
