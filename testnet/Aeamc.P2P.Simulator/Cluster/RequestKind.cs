namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>What nodes ask each other, as the daemon's protocols have it.</summary>
public enum RequestKind : byte
{
    /// <summary>Finalized blocks from a height on.</summary>
    Range = 1,

    /// <summary>The newest snapshot's proof.</summary>
    Snapshot = 2,

    /// <summary>A part of a snapshot's state.</summary>
    Chunk = 3,

    /// <summary>A step of signing a checkpoint.</summary>
    Sign = 4,

    /// <summary>The newest signed checkpoint.</summary>
    Checkpoint = 5,
}
