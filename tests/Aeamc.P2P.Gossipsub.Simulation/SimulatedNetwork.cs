using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Gossipsub.Simulation;

/// <summary>
/// Many routers under one virtual clock: links with their own delay, real encoded frames, seeded throughout. Frames that carry
/// messages may be lost at a rate.
/// </summary>
internal sealed class SimulatedNetwork(int seed, PubsubSettings settings)
{
    public const string Topic = "/aeamc/simulated";

    private readonly Random _random = new(seed);
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _events = new();
    private readonly Dictionary<PeerId, SimulatedNode> _nodes = [];
    private readonly List<SimulatedNode> _inOrder = [];
    private long _order;

    public TimeSpan Now { get; private set; }

    /// <summary>How long a validator takes.</summary>
    public TimeSpan ValidationTime { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Delays of links: drawn from here for each.</summary>
    public (TimeSpan Least, TimeSpan Most) LinkDelay { get; init; } = (TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(60));

    /// <summary>Size of a payload; from 1 KiB on, IDONTWANT is used.</summary>
    public int MessageBytes { get; init; } = 1100;

    /// <summary>The share of message frames that get lost.</summary>
    public double Loss { get; set; }

    /// <summary>Frames with a message that were put on a link.</summary>
    public long MessagesSent { get; private set; }

    /// <summary>A digest of everything that happened, to compare runs.</summary>
    public HashCode Trace { get; private set; }

    /// <summary>Told of each delivery.</summary>
    public Action<SimulatedNode, string> OnDelivered { get; set; } = static (_, _) => { };

    /// <summary>All nodes, in the order of their coming.</summary>
    public IReadOnlyList<SimulatedNode> Nodes => _inOrder;

    public SimulatedNode Add(int number, Conduct? conduct = null, PubsubSettings? own = null)
    {
        var node = new SimulatedNode(this, number, own ?? settings, _random.Next(), conduct ?? Conduct.Honest.Instance);
        _nodes.Add(node.Id, node);
        _inOrder.Add(node);
        node.Step(new RouterInput.Subscribe(Topic));
        Schedule(_random.NextDouble() * settings.HeartbeatInterval, () => Beat(node));
        return node;
    }

    public void Remove(SimulatedNode node)
    {
        _nodes.Remove(node.Id);
        _inOrder.Remove(node);
        foreach (SimulatedNode neighbour in node.Links.Keys.ToArray())
        {
            neighbour.Links.Remove(node);
            neighbour.Step(new RouterInput.PeerDisconnected(node.Id));
        }
    }

    /// <summary>Connects a node to others, which meet the condition and are not connected to it yet.</summary>
    public void Dial(SimulatedNode node, int count, Func<SimulatedNode, bool>? condition = null)
    {
        SimulatedNode[] others = [.. _inOrder.Where(other => other != node && !node.Links.ContainsKey(other) && (condition is null || condition(other)))];
        _random.Shuffle(others);
        foreach (SimulatedNode other in others.Take(count))
        {
            Connect(node, other);
        }
    }

    /// <summary>Dials a peer that another named.</summary>
    public void DialIfThere(SimulatedNode node, PeerId peer)
    {
        if (_nodes.ContainsKey(node.Id) && _nodes.TryGetValue(peer, out SimulatedNode? other) && other != node && !node.Links.ContainsKey(other))
        {
            Connect(node, other);
        }
    }

    /// <summary>The first node dials the second.</summary>
    public void Connect(SimulatedNode node, SimulatedNode other)
    {
        TimeSpan delay = LinkDelay.Least + (_random.NextDouble() * (LinkDelay.Most - LinkDelay.Least));
        node.Links.Add(other, delay);
        other.Links.Add(node, delay);
        node.Step(new RouterInput.PeerConnected(other.Id, Outbound: true, null, GossipsubVersion.V12));
        other.Step(new RouterInput.PeerConnected(node.Id, Outbound: false, null, GossipsubVersion.V12));
    }

    public void Run(TimeSpan time)
    {
        TimeSpan until = Now + time;
        while (_events.TryPeek(out Action? action, out (TimeSpan At, long Order) key) && key.At <= until)
        {
            _events.Dequeue();
            Now = key.At;
            action();
        }

        Now = until;
    }

    public SimulatedNode Pick() => _inOrder[_random.Next(_inOrder.Count)];

    public SimulatedNode? Find(PeerId peer) => _nodes.GetValueOrDefault(peer);

    public void Schedule(TimeSpan delay, Action action) => _events.Enqueue(action, (Now + delay, _order++));

    public void Send(SimulatedNode from, PeerId to, ReadOnlyMemory<byte> lent, bool message)
    {
        if (!_nodes.TryGetValue(to, out SimulatedNode? node) || !from.Links.TryGetValue(node, out TimeSpan delay))
        {
            return;
        }

        if (message)
        {
            MessagesSent++;
            if (_random.NextDouble() < Loss)
            {
                return;
            }
        }

        byte[] frame = lent.ToArray();
        Schedule(delay, () =>
        {
            if (node.Links.ContainsKey(from))
            {
                HashCode trace = Trace;
                trace.Add(Now);
                trace.Add(node.Number);
                trace.AddBytes(frame);
                Trace = trace;
                node.Receive(from.Id, frame);
            }
        });
    }

    private void Beat(SimulatedNode node)
    {
        if (_nodes.ContainsKey(node.Id))
        {
            node.Step(RouterInput.Heartbeat.Instance);
            Schedule(settings.HeartbeatInterval, () => Beat(node));
        }
    }
}
