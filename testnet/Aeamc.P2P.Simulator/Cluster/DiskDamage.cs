namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>Why a node refuses to start: a place that no crash can have left so.</summary>
public abstract record DiskDamage
{
    private DiskDamage()
    {
    }

    /// <summary>The log, whose mend is to cut it there.</summary>
    /// <param name="Frame">The broken frame, counted from the oldest.</param>
    public sealed record Log(int Frame) : DiskDamage
    {
        public override string ToString() => $"the consensus log is broken at frame {Frame}, though whole frames follow";
    }

    /// <summary>The store, whose mend is to move it away and to fetch the chain again.</summary>
    /// <param name="What">What cannot be read.</param>
    public sealed record Store(string What) : DiskDamage
    {
        public override string ToString() => $"{What} has a wrong checksum";
    }
}
