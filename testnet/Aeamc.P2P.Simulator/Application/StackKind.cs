namespace Aeamc.P2P.Simulator.Application;

/// <summary>How much of a node runs.</summary>
public enum StackKind
{
    /// <summary>Consensus alone, over blocks of 75 bytes: for large committees and for timing.</summary>
    Consensus,

    /// <summary>Devices, entries, batches and the ledger as well.</summary>
    Full,
}
