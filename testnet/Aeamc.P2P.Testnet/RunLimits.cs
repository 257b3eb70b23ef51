namespace Aeamc.P2P.Testnet;

/// <summary>How long the parts of a run may take.</summary>
internal static class RunLimits
{
    /// <summary>Until every node sees a quorum and has a block.</summary>
    public static readonly TimeSpan Ready = TimeSpan.FromSeconds(120);

    /// <summary>Until key generation without a dealer is done.</summary>
    public static readonly TimeSpan GroupKey = TimeSpan.FromSeconds(120);

    /// <summary>Until all that was acknowledged is finalized, once the load has stopped.</summary>
    public static readonly TimeSpan Drain = TimeSpan.FromSeconds(10);

    /// <summary>How long signature checks are measured.</summary>
    public static readonly TimeSpan SignatureBound = TimeSpan.FromSeconds(1);
}
