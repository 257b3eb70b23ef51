using Aeamc.P2P.Simulator.Measuring;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>Links between endpoints: delay and jitter always; loss and duplicates while there is trouble; cuts as the schedule says.</summary>
public sealed class SimulatedNetwork(VirtualClock clock, Trace trace, LatencyModel latency, NetworkFaults faults, SplitMix chance)
{
    private readonly EnvelopePool _pool = new();
    private readonly List<IEndpoint> _endpoints = [];
    private readonly List<int> _places = [];
    private readonly List<(ulong From, ulong To)> _cuts = [];

    /// <summary>Whether messages may be lost or doubled now.</summary>
    public bool IsTroubled { get; set; } = true;

    /// <summary>Asked last whether a message passes; for scenarios that cut by view.</summary>
    public Func<int, int, Envelope, bool>? Passes { get; set; }

    public TrafficMeter Traffic { get; } = new();

    /// <summary>Adds an endpoint, whose number is the count before; its place decides its delays.</summary>
    public void Add(IEndpoint endpoint, int place)
    {
        _endpoints.Add(endpoint);
        _places.Add(place);
    }

    public Envelope Envelope(byte[] bytes) => _pool.For(bytes);

    public void Send(int from, int to, Envelope envelope)
    {
        Traffic.OnSent(envelope);
        if (Passes is { } passes && !passes(from, to, envelope))
        {
            return;
        }

        if (_cuts.Count > 0 && IsCut(from, to))
        {
            return;
        }

        if (IsTroubled)
        {
            if (chance.Permille(faults.LossPermille))
            {
                return;
            }

            if (chance.Permille(faults.DuplicatePermille))
            {
                Deliver(from, to, envelope);
            }
        }

        Deliver(from, to, envelope);
    }

    /// <summary>Cuts every link from one set of endpoints (by bit, modulo 64) to another for a while; one way only.</summary>
    public void Cut(ulong fromSet, ulong toSet, long microseconds)
    {
        var cut = (fromSet, toSet);
        _cuts.Add(cut);
        clock.After(microseconds, () => _cuts.Remove(cut));
    }

    /// <summary>Whether a message of somebody outside is lost now.</summary>
    public bool Loses(SplitMix of) => IsTroubled && of.Permille(faults.LossPermille);

    /// <summary>Mends every cut.</summary>
    public void Heal() => _cuts.Clear();

    private bool IsCut(int from, int to)
    {
        foreach ((ulong fromSet, ulong toSet) in _cuts)
        {
            if (((fromSet >> (from % 64)) & (toSet >> (to % 64)) & 1) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private void Deliver(int from, int to, Envelope envelope)
    {
        long delay = latency.OneWay(_places[from], _places[to]);
        if (faults.JitterMicroseconds > 0)
        {
            delay += chance.Below(faults.JitterMicroseconds + 1);
        }

        clock.After(delay, _endpoints[to], from, envelope);
    }

    /// <summary>What every endpoint does first with what arrives.</summary>
    public void OnDelivered(int from, int to, Envelope envelope)
    {
        trace.Add((ulong)clock.Now);
        trace.Add(((ulong)from << 32) | (uint)to);
        trace.Add(envelope.Fingerprint);
    }
}

/// <summary>How bad the links are.</summary>
/// <param name="LossPermille">Messages lost in a thousand.</param>
/// <param name="DuplicatePermille">Messages delivered twice in a thousand.</param>
/// <param name="JitterMicroseconds">Greatest random addition to the delay, which also reorders.</param>
public sealed record NetworkFaults(int LossPermille, int DuplicatePermille, int JitterMicroseconds);
