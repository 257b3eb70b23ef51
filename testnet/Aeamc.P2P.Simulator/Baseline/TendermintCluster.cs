using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;
using Aeamc.P2P.Simulator.Measuring;

namespace Aeamc.P2P.Simulator.Baseline;

/// <summary>A run of the baseline on the same clock, links, signatures, block size and processing times as ours, with the same D for its timeouts.</summary>
public sealed class TendermintCluster
{
    private readonly SimulationOptions _options;
    private readonly HashSet<int> _absent;
    private readonly Dictionary<long, Hash256> _decided = [];
    private int _reached;
    private long _target;

    public TendermintCluster(SimulationOptions options, IReadOnlyCollection<int> absent)
    {
        _options = options;
        _absent = [.. absent];
        for (int i = 0; i < options.Nodes; i++)
        {
            Members.Add(new NodeId(Hash256.Of(BitConverter.GetBytes(i)).ToArray()));
        }

        Network = new SimulatedNetwork(
            Clock, Trace, options.Latency, new NetworkFaults(0, 0, options.Jitter), new SplitMix(options.Seed))
        { IsTroubled = false };
        for (int i = 0; i < options.Nodes; i++)
        {
            var node = new TendermintNode(this, i);
            Network.Add(node, i);
            if (!IsAbsent(i))
            {
                Clock.After(0, node.Start);
            }
        }
    }

    public VirtualClock Clock { get; } = new();

    public Trace Trace { get; } = new();

    public SimulatedNetwork Network { get; }

    public BlockTimes Times { get; } = new();

    public List<NodeId> Members { get; } = [];

    public Hash256 Genesis { get; } = Hash256.Of("genesis"u8);

    public ProcessingModel Processing => _options.Processing;

    public int MaximumFaulty => (Members.Count - 1) / 3;

    public int Quorum => Members.Count - MaximumFaulty;

    /// <summary>Two nodes decided differently.</summary>
    public bool Forked { get; private set; }

    /// <summary>Runs until every present node has decided so many heights; false when the time is over first.</summary>
    public bool Run(int blocks)
    {
        long end = _options.LivenessBound * 10_000;
        _target = blocks;
        while (_reached < Members.Count - _absent.Count)
        {
            if (!Clock.RunNext(end))
            {
                return false;
            }
        }

        return true;
    }

    public bool IsAbsent(int index) => _absent.Contains(index);

    public int Proposer(long height, int round) => (int)((height + round) % Members.Count);

    /// <summary>2D, as our t_l, and D more each round.</summary>
    public long ProposeTimeout(int round) => (2L + round) * _options.Core.NetworkDelay * 1000;

    /// <summary>D for prevotes and precommits each, and D more each round.</summary>
    public long VoteTimeout(int round) => (1L + round) * _options.Core.NetworkDelay * 1000;

    public byte[] NewBlock(Hash256 parent, long height, int proposer)
    {
        var below = new BlockRef(parent, new Height((ulong)height - 1), new View((ulong)height - 1), Hash256.Zero, View.Zero);
        return SimulatedBlock.Encode(below, new View((ulong)height), new NodeIndex((ushort)proposer), BlockFlaw.None, Clock.Now, 0);
    }

    public void Broadcast(int from, TendermintMessage message)
    {
        Envelope envelope = Network.Envelope(message.Encode(Members[from]));
        for (int to = 0; to < Members.Count; to++)
        {
            if (to != from)
            {
                Network.Send(from, to, envelope);
            }
        }
    }

    public void OnDecided(int node, long height, Hash256 block)
    {
        Trace.Add(((ulong)node << 40) + (ulong)height);
        Forked |= !_decided.TryAdd(height, block) && _decided[height] != block;
        Times.OnCommit((ulong)height, block, Clock.Now);
        _reached += height == _target ? 1 : 0;
    }
}
