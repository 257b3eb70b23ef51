namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>Why a node refuses to start: a place that no crash can have left so.</summary>
/// <param name="Frame">The broken frame of the log, counted from its oldest.</param>
public sealed record DiskDamage(int Frame)
{
    public override string ToString() => $"the consensus log is broken at frame {Frame}, though whole frames follow";
}
