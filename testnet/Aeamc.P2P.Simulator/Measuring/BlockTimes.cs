using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Simulator.Measuring;

/// <summary>When blocks were proposed and became final, as an onlooker with a perfect clock sees it; times in microseconds.</summary>
public sealed class BlockTimes
{
    private readonly Dictionary<Hash256, long> _proposed = [];
    private readonly Dictionary<ulong, Timeline> _byHeight = [];
    private readonly List<Timeline> _chain = [];
    private long _lastCommit;

    /// <summary>From a proposal to each honest member's commit of it.</summary>
    public Quantiles Finality { get; } = new();

    /// <summary>From one height's first commit to the next one's.</summary>
    public Quantiles Interval { get; } = new();

    /// <summary>Longest time without a new height.</summary>
    public long LongestStall { get; private set; }

    /// <summary>Every final block, lowest first.</summary>
    public IReadOnlyList<Timeline> Chain => _chain;

    public void OnProposed(Hash256 block, long now) => _proposed.TryAdd(block, now);

    public void OnCommit(BlockRef block, long now) => OnCommit(block.Height.Value, block.Hash, now);

    public void OnCommit(ulong height, Hash256 block, long now)
    {
        if (!_proposed.TryGetValue(block, out long proposed))
        {
            // An adversary's block: nobody knows since when it is there.
            proposed = now;
        }
        else
        {
            Finality.Add(now - proposed);
        }

        if (_byHeight.TryGetValue(height, out Timeline? known))
        {
            known.Commits++;
            return;
        }

        if (_chain.Count > 0)
        {
            Interval.Add(now - _lastCommit);
        }

        LongestStall = Math.Max(LongestStall, now - _lastCommit);
        _lastCommit = now;
        var timeline = new Timeline(proposed, now) { Commits = 1 };
        _byHeight[height] = timeline;
        _chain.Add(timeline);
    }

    /// <summary>One block.</summary>
    /// <param name="Proposed">When it was built.</param>
    /// <param name="Final">When the first honest member knew it to be final.</param>
    public sealed record Timeline(long Proposed, long Final)
    {
        public int Commits { get; set; }
    }
}
