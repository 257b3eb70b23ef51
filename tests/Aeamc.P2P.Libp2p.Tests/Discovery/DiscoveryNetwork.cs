using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Discovery;
using Aeamc.P2P.Libp2p.Hosting;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Records;

namespace Aeamc.P2P.Libp2p.Tests.Discovery;

/// <summary>Many discovery cores under one virtual clock: links with a delay, real signed records in real encodings, seeded throughout.</summary>
internal sealed class DiscoveryNetwork(int seed, DiscoveryOptions options)
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddYears(50);

    private readonly Random _random = new(seed);
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _events = new();
    private readonly Dictionary<Multiaddress, DiscoveryNode> _byAddress = [];
    private readonly Dictionary<PeerId, SignedPeerRecord> _records = [];
    private TimeSpan _now;
    private long _order;
    private long _asks;

    public List<DiscoveryNode> Nodes { get; } = [];

    public DateTimeOffset Now => Start + _now;

    /// <summary>A digest of all dials and questions, to compare runs.</summary>
    public List<string> Trace { get; } = [];

    /// <summary>Adds a node at a public address of its own region.</summary>
    public DiscoveryNode Add(int number, AddressBook? book = null)
    {
        var node = new DiscoveryNode(this, number, options, _random.Next(), book);
        Nodes.Add(node);
        _byAddress[node.Address] = node;
        _records[node.Id] = node.Record;
        Schedule(_random.NextDouble() * TimeSpan.FromSeconds(1), () => Beat(node));
        return node;
    }

    public void Remove(DiscoveryNode node)
    {
        Nodes.Remove(node);
        _byAddress.Remove(node.Address);
        foreach (DiscoveryNode other in node.Links.ToArray())
        {
            Unlink(node, other);
        }
    }

    public void Run(TimeSpan time)
    {
        TimeSpan until = _now + time;
        while (_events.TryPeek(out Action? action, out (TimeSpan At, long Order) key) && key.At <= until)
        {
            _events.Dequeue();
            _now = key.At;
            action();
        }

        _now = until;
    }

    /// <summary>What a configured peer is: dialled whatever the book says.</summary>
    public void Dial(DiscoveryNode from, PeerId peer, IReadOnlyList<Multiaddress> addresses) => Schedule(Delay(), () =>
    {
        foreach (Multiaddress address in addresses)
        {
            if (_byAddress.TryGetValue(address, out DiscoveryNode? to) && to.Id == peer && _byAddress.ContainsKey(from.Address))
            {
                if (from.Links.Add(to))
                {
                    to.Links.Add(from);
                    from.Step(new DiscoveryInput.Connected(to.Id, address));
                    to.Step(new DiscoveryInput.Connected(from.Id, null));
                    Introduce(from, to);
                    Introduce(to, from);
                }

                from.Step(new DiscoveryInput.DialEnded(peer));
                return;
            }
        }

        from.Step(new DiscoveryInput.DialFailed(peer));
    });

    public void Ask(DiscoveryNode from, PeerId peer) => Schedule(Delay(), () =>
    {
        if (from.Links.FirstOrDefault(node => node.Id == peer) is { } to)
        {
            // Verifying signatures is most of a run's time: of honest answers every sixteenth goes over the wire.
            if (to.Lie is null && _asks++ % 16 != 0)
            {
                foreach (KnownPeer known in to.Sample(from.Id))
                {
                    from.Step(new DiscoveryInput.Offered(_records[known.Id], known.Record, peer));
                }
            }
            else
            {
                Assert.True(PeerExchange.TryDecodeResponse(to.Answer(from.Id), out List<(SignedPeerRecord Record, ReadOnlyMemory<byte> Envelope)>? records, out int forged));
                Assert.Equal(0, forged);
                records.ForEach(told => from.Step(new DiscoveryInput.Offered(told.Record, told.Envelope, peer)));
            }
        }

        from.Step(new DiscoveryInput.AskEnded(peer));
    });

    private void Introduce(DiscoveryNode node, DiscoveryNode to) => Schedule(Delay(), () =>
    {
        to.Step(new DiscoveryInput.Identified(node.Id, ServesExchange: true));
        to.Step(new DiscoveryInput.Offered(node.Record, node.Envelope, Source: null));
    });

    private static void Unlink(DiscoveryNode a, DiscoveryNode b)
    {
        a.Links.Remove(b);
        b.Links.Remove(a);
        a.Step(new DiscoveryInput.Disconnected(b.Id));
        b.Step(new DiscoveryInput.Disconnected(a.Id));
    }

    private void Beat(DiscoveryNode node)
    {
        if (Nodes.Contains(node))
        {
            node.Step(DiscoveryInput.Tick.Instance);
            Schedule(TimeSpan.FromSeconds(1), () => Beat(node));
        }
    }

    private TimeSpan Delay() => TimeSpan.FromMilliseconds(_random.Next(10, 120));

    private void Schedule(TimeSpan after, Action action) => _events.Enqueue(action, (_now + after, _order++));
}

/// <summary>One simulated node.</summary>
internal sealed class DiscoveryNode
{
    private readonly DiscoveryNetwork _network;
    private readonly DiscoveryCore _core;

    public DiscoveryNode(DiscoveryNetwork network, int number, DiscoveryOptions options, int seed, AddressBook? book)
    {
        _network = network;
        var secret = new byte[32];
        BitConverter.TryWriteBytes(secret, number + 1);
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromSeed(secret);
        Id = PeerId.FromNodeId(key.PublicKey);
        Address = Multiaddress.Parse($"/ip4/{20 + (number / 200)}.{number % 200}.1.1/tcp/4001");
        Envelope = SignedPeerRecord.Seal(key, 1, [Address]);
        Assert.True(SignedPeerRecord.TryOpen(Envelope.Span, out SignedPeerRecord? record));
        Record = record;
        Book = book ?? new AddressBook(Id, options, allowPrivate: false);
        _core = new DiscoveryCore(options, Book, new Chance(new Random(seed)), _ => false);
    }

    public PeerId Id { get; }

    public Multiaddress Address { get; }

    public AddressBook Book { get; }

    public SignedPeerRecord Record { get; }

    public ReadOnlyMemory<byte> Envelope { get; }

    public HashSet<DiscoveryNode> Links { get; } = [];

    /// <summary>What a liar answers instead of the truth.</summary>
    public Func<byte[]>? Lie { get; set; }

    public IReadOnlyList<KnownPeer> Sample(PeerId asker) => _core.Sample(PeerExchange.MaxRecords, asker);

    public byte[] Answer(PeerId asker) => Lie?.Invoke() ?? PeerExchange.EncodeResponse([.. Sample(asker).Select(peer => peer.Record)]);

    public void Step(DiscoveryInput input)
    {
        var outputs = new List<DiscoveryOutput>();
        _core.Step(_network.Now, input, outputs);
        foreach (DiscoveryOutput output in outputs)
        {
            _network.Trace.Add($"{_network.Now:O} {Address} {output}");
            switch (output)
            {
                case DiscoveryOutput.Dial dial:
                    _network.Dial(this, dial.Peer, dial.Addresses);
                    break;
                case DiscoveryOutput.Ask ask:
                    _network.Ask(this, ask.Peer);
                    break;
            }
        }
    }
}
