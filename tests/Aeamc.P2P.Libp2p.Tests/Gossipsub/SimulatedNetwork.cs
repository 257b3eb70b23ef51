using System.Text;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

/// <summary>
/// Many routers under one virtual clock: links with their own delay, real encoded frames, seeded throughout. Frames may be
/// lost at a rate; control frames of the mesh and hellos too.
/// </summary>
internal sealed class SimulatedNetwork(int seed, PubsubSettings settings)
{
    public const string Topic = "/aeamc/simulated";

    private static readonly TimeSpan ValidationTime = TimeSpan.FromMilliseconds(1);

    private readonly Random _random = new(seed);
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _events = new();
    private readonly Dictionary<PeerId, SimulatedNode> _nodes = [];
    private long _order;

    public TimeSpan Now { get; private set; }

    /// <summary>The share of message frames that get lost.</summary>
    public double Loss { get; set; }

    /// <summary>A digest of everything that happened, to compare runs.</summary>
    public HashCode Trace { get; private set; }

    public IReadOnlyCollection<SimulatedNode> Nodes => _nodes.Values;

    public SimulatedNode Add(int number)
    {
        var node = new SimulatedNode(this, number, settings, _random.Next());
        _nodes.Add(node.Id, node);
        node.Step(new RouterInput.Subscribe(Topic));
        Schedule(_random.NextDouble() * settings.HeartbeatInterval, () => Beat(node));
        return node;
    }

    public void Remove(SimulatedNode node)
    {
        _nodes.Remove(node.Id);
        foreach (SimulatedNode neighbour in node.Links.Keys.ToArray())
        {
            neighbour.Links.Remove(node);
            neighbour.Step(new RouterInput.PeerDisconnected(node.Id));
        }
    }

    /// <summary>Connects a node to others it is not connected to yet.</summary>
    public void Dial(SimulatedNode node, int count)
    {
        SimulatedNode[] others = [.. _nodes.Values.Where(other => other != node && !node.Links.ContainsKey(other))];
        _random.Shuffle(others);
        foreach (SimulatedNode other in others.Take(count))
        {
            TimeSpan delay = TimeSpan.FromMilliseconds(_random.Next(5, 60));
            node.Links.Add(other, delay);
            other.Links.Add(node, delay);
            node.Step(new RouterInput.PeerConnected(other.Id, Outbound: true, null, SupportsIDontWant: true));
            other.Step(new RouterInput.PeerConnected(node.Id, Outbound: false, null, SupportsIDontWant: true));
        }
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

    public SimulatedNode Pick() => _nodes.Values.ElementAt(_random.Next(_nodes.Count));

    private void Schedule(TimeSpan delay, Action action) => _events.Enqueue(action, (Now + delay, _order++));

    private void Beat(SimulatedNode node)
    {
        if (_nodes.ContainsKey(node.Id))
        {
            node.Step(RouterInput.Heartbeat.Instance);
            Schedule(settings.HeartbeatInterval, () => Beat(node));
        }
    }

    private void Send(SimulatedNode from, PeerId to, byte[] frame, bool message)
    {
        if (!_nodes.TryGetValue(to, out SimulatedNode? node) || !from.Links.TryGetValue(node, out TimeSpan delay) || (message && _random.NextDouble() < Loss))
        {
            return;
        }

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

    internal sealed class SimulatedNode
    {
        private readonly SimulatedNetwork _network;
        private readonly MessagePolicy _policy;
        private readonly RpcDecoder _decoder;

        public SimulatedNode(SimulatedNetwork network, int number, PubsubSettings settings, int seed)
        {
            _network = network;
            Number = number;
            Id = TestPeers.Id(number);
            Router = new GossipsubRouter(Id, settings, new Random(seed));
            _policy = new MessagePolicy(settings, Id, null, 0);
            _decoder = new RpcDecoder(settings, new TopicNames());
        }

        public int Number { get; }

        public PeerId Id { get; }

        public GossipsubRouter Router { get; }

        public Dictionary<SimulatedNode, TimeSpan> Links { get; } = [];

        /// <summary>How often each text was delivered.</summary>
        public Dictionary<string, int> Delivered { get; } = [];

        public void Publish(string text)
        {
            Delivered[text] = 1;
            Step(new RouterInput.Publish(_policy.Create(Topic, Encoding.UTF8.GetBytes(text.PadRight(1100)))));
        }

        public void Receive(PeerId from, byte[] frame)
        {
            Assert.Equal(UVarintStatus.Done, UVarint.Read(frame, out _, out int prefix));
            var rpc = new Rpc();
            Assert.Equal(RpcFault.None, _decoder.TryDecode(frame.AsMemory(prefix), rpc));
            foreach (ref RpcMessage message in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rpc.Messages))
            {
                _policy.Identify(ref message);
            }

            Step(new RouterInput.RpcReceived(from, rpc));
        }

        public void Step(RouterInput input)
        {
            var outputs = new List<RouterOutput>();
            Router.Step(_network.Now, input, outputs);
            foreach (RouterOutput output in outputs)
            {
                switch (output)
                {
                    case RouterOutput.SendRpc send:
                        _network.Send(this, send.Peer, RpcEncoder.EncodeControl(send.Rpc), message: false);
                        break;
                    case RouterOutput.SendMessage send:
                        _network.Send(this, send.Peer, send.Message.Frame, message: true);
                        break;
                    case RouterOutput.Validate validate:
                        _network.Schedule(ValidationTime, () => Step(new RouterInput.Validated(validate.Message.Id, MessageValidity.Accept)));
                        break;
                    case RouterOutput.Deliver deliver:
                        string text = Encoding.UTF8.GetString(deliver.Message.Data.Span).TrimEnd();
                        Delivered[text] = Delivered.GetValueOrDefault(text) + 1;
                        break;
                    default:
                        Assert.Fail($"unexpected {output}");
                        break;
                }
            }
        }
    }
}
