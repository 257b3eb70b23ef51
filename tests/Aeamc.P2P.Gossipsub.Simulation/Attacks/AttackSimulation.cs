using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Gossipsub.Simulation.Attacks;

/// <summary>
/// Replays an attack of the gossipsub v1.1 evaluation report (Vyzovitis and others, 2020) on honest nodes with the scores of a topic
/// whose rate is known. Every attacker has an address of its own, so that the colocation score (P6), which would end most of
/// these attacks by itself, does not help.
/// </summary>
internal sealed class AttackSimulation
{
    private const int TargetNumber = 0;
    private const int FirstAttacker = 10_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    // Long enough for gossip to repair what the meshes lost.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(8);

    private readonly AttackKind _kind;
    private readonly AttackOptions _options;
    private readonly SimulatedNetwork _network;
    private readonly Random _random;
    private readonly Dictionary<string, Publication> _publications = [];
    private readonly List<Publication> _inOrder = [];
    private readonly List<SimulatedNode> _honest = [];
    private SimulatedNode? _target;

    private AttackSimulation(AttackKind kind, AttackOptions options)
    {
        _kind = kind;
        _options = options;
        _random = new Random(options.Seed);
        var settings = new PubsubSettings { Score = new PeerScoreParameters { DefaultTopic = TopicScoreParameters.ForRate(options.Rate) } };
        // Small messages: IDONTWANT, which would spare copies that P3 counts, is not in play.
        _network = new SimulatedNetwork(options.Seed, settings) { MessageBytes = 300, OnDelivered = OnDelivered };
    }

    // A network under attack from the start has none.
    private TimeSpan WarmUp => _kind == AttackKind.ColdBoot ? TimeSpan.Zero : _options.WarmUp;

    private bool HasTarget => _kind is AttackKind.Eclipse or AttackKind.Censorship;

    public static AttackReport Run(AttackKind kind, AttackOptions options) => new AttackSimulation(kind, options).Run();

    private AttackReport Run()
    {
        int first = HasTarget ? TargetNumber + 1 : TargetNumber;
        for (int number = first; number < first + _options.Honest; number++)
        {
            _honest.Add(_network.Add(number));
        }

        if (_kind == AttackKind.Censorship)
        {
            _honest.Add(_target = _network.Add(TargetNumber));
        }

        if (_kind == AttackKind.ColdBoot)
        {
            AddAttackers(new Conduct.Withholding(TimeSpan.Zero));
            _network.Run(TimeSpan.FromSeconds(3));
        }

        foreach (SimulatedNode node in _honest)
        {
            _network.Dial(node, _options.HonestDials, static other => other.IsHonest);
        }

        if (_kind == AttackKind.CovertFlash)
        {
            AddAttackers(new Conduct.Withholding(_options.WarmUp));
        }
        else if (_kind == AttackKind.Censorship)
        {
            AddAttackers(new Conduct.Censoring(Prefix(_target!)));
        }

        var intervals = new List<(TimeSpan Start, double Attackers, int Least, int Largest)>();
        bool attacked = false;
        TimeSpan begin = WarmUp;
        TimeSpan end = begin + _options.Attack;
        _network.Schedule(TimeSpan.FromSeconds(2), PublishNext);
        while (_network.Now < end)
        {
            if (_network.Now >= begin && !attacked)
            {
                attacked = true;
                Begin();
            }

            TimeSpan start = _network.Now;
            _network.Run(Interval);
            intervals.Add((start, AttackersInMeshes(), Degrees().Min(), Degrees().Max()));
        }

        _network.Run(Settle);
        return new AttackReport(_kind, _options, [.. intervals.Select(interval => Judge(interval.Start, interval.Attackers, interval.Least, interval.Largest))]);
    }

    private void Begin()
    {
        switch (_kind)
        {
            case AttackKind.SybilTakeover:
                AddAttackers(new Conduct.Withholding(TimeSpan.Zero));
                break;
            case AttackKind.Eclipse:
                _target = _network.Add(TargetNumber);
                for (int i = 0; i < _options.Attackers; i++)
                {
                    _network.Connect(AddAttacker(i, new Conduct.Withholding(TimeSpan.Zero)), _target);
                }

                _network.Dial(_target, _options.HonestDials, static other => other.IsHonest);
                _honest.Add(_target);
                break;
            default:
                break;
        }

        if (_target is not null)
        {
            PublishByTarget();
        }
    }

    private void AddAttackers(Conduct conduct)
    {
        for (int i = 0; i < _options.Attackers; i++)
        {
            _network.Dial(AddAttacker(i, conduct), _options.AttackerDials, static other => other.IsHonest);
        }
    }

    private SimulatedNode AddAttacker(int index, Conduct conduct)
    {
        // It wants everyone in its mesh, thinks ill of nobody, and publishes nothing.
        var greedy = new PubsubSettings
        {
            Degree = 1000,
            LowestDegree = 1000,
            HighestDegree = 2000,
            OutboundDegree = 0,
            Score = new PeerScoreParameters { DefaultTopic = null, BehaviourPenaltyWeight = 0 },
        };
        return _network.Add(FirstAttacker + index, conduct, greedy);
    }

    private static string Prefix(SimulatedNode node) => $"{node.Number}/";

    private void PublishNext()
    {
        Publish(_honest[_random.Next(_honest.Count)]);
        _network.Schedule(TimeSpan.FromSeconds(1 / _options.Rate), PublishNext);
    }

    private void PublishByTarget()
    {
        Publish(_target!);
        _network.Schedule(TimeSpan.FromSeconds(1), PublishByTarget);
    }

    private void Publish(SimulatedNode node)
    {
        var publication = new Publication(node, _network.Now, [.. _honest.Where(other => other != node)]);
        string text = Prefix(node) + _inOrder.Count;
        _publications.Add(text, publication);
        _inOrder.Add(publication);
        node.Publish(text);
    }

    private void OnDelivered(SimulatedNode node, string text)
    {
        if (node.IsHonest)
        {
            Publication publication = _publications[text];
            publication.Latencies[node] = _network.Now - publication.At;
        }
    }

    private AttackInterval Judge(TimeSpan start, double attackers, int least, int largest)
    {
        int expected = 0;
        var latencies = new List<TimeSpan>();
        foreach (Publication publication in _inOrder.Where(publication => publication.At >= start && publication.At < start + Interval))
        {
            foreach (SimulatedNode receiver in publication.Receivers.Where(receiver => Counts(publication.By, receiver)))
            {
                expected++;
                if (publication.Latencies.TryGetValue(receiver, out TimeSpan latency))
                {
                    latencies.Add(latency);
                }
            }
        }

        latencies.Sort();
        TimeSpan At(double share) => latencies.Count == 0 ? TimeSpan.Zero : latencies[(int)Math.Min(latencies.Count - 1, latencies.Count * share)];
        double Share(int count) => expected == 0 ? 1 : (double)count / expected;
        return new AttackInterval(
            start - WarmUp,
            Share(latencies.Count),
            Share(latencies.Count(static latency => latency <= AttackReport.OnTimeLimit)),
            At(0.5),
            At(0.99),
            attackers,
            least,
            largest);
    }

    // An attack on one node is judged by that node's messages.
    private bool Counts(SimulatedNode publisher, SimulatedNode receiver) => _kind switch
    {
        AttackKind.Eclipse => publisher == _target || receiver == _target,
        AttackKind.Censorship => publisher == _target,
        _ => true,
    };

    private double AttackersInMeshes()
    {
        IEnumerable<SimulatedNode> judged = _kind == AttackKind.Eclipse && _target is not null ? [_target] : _honest;
        List<PeerId> places = [.. judged.SelectMany(static node => node.Mesh)];
        return places.Count == 0 ? 0 : (double)places.Count(peer => _network.Find(peer) is { IsHonest: false }) / places.Count;
    }

    private IEnumerable<int> Degrees() => _honest.Select(static node => node.Mesh.Count);

    private sealed record Publication(SimulatedNode By, TimeSpan At, IReadOnlyList<SimulatedNode> Receivers)
    {
        public Dictionary<SimulatedNode, TimeSpan> Latencies { get; } = [];
    }
}
