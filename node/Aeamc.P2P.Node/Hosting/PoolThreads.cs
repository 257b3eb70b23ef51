using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Hosting;

/// <summary>
/// How many pool threads work without being asked twice: half of the cores. Consensus, chain, commit and verification have threads of their own, and
/// a pool as wide as the machine spends its time passing short work between threads that these must then wait for: with four nodes on two cores
/// one pool thread each gave a median of 51 to 53 ms from accept to finalized in six runs of 25 s, where two each gave 51 to 70. Work that blocks still gets
/// more threads.
/// </summary>
public static class PoolThreads
{
    /// <summary>Sets it for this process. The runtime starts with one; see the project file.</summary>
    public static void Set()
    {
        ThreadPool.GetMinThreads(out _, out int completion);
        Invariant.Check(ThreadPool.SetMinThreads(For(Environment.ProcessorCount), completion));
    }

    /// <summary>The number for so many cores.</summary>
    internal static int For(int cores) => Math.Max(1, cores / 2);
}
