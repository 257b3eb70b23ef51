namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>The counters of one peer in one topic (gossipsub v1.1, Topic Parameter Calculation and Decay).</summary>
internal sealed class TopicScore(TopicScoreParameters parameters)
{
    private double _firstMessageDeliveries;
    private double _meshMessageDeliveries;
    private double _meshFailurePenalty;
    private double _invalidMessageDeliveries;
    private bool _inMesh;
    private TimeSpan _graftedAt;
    private TimeSpan _meshTime;

    /// <summary>This topic's share of the score.</summary>
    public double Value
    {
        get
        {
            // P1: only in the mesh, in whole quanta.
            double p1 = _inMesh ? Math.Min(Math.Floor(_meshTime / parameters.TimeInMeshQuantum), parameters.TimeInMeshCap) : 0;
            double deficit = Deficit;
            return parameters.TopicWeight * (
                parameters.TimeInMeshWeight * p1
                + parameters.FirstMessageDeliveriesWeight * _firstMessageDeliveries
                + parameters.MeshMessageDeliveriesWeight * deficit * deficit
                + parameters.MeshFailurePenaltyWeight * _meshFailurePenalty
                + parameters.InvalidMessageDeliveriesWeight * _invalidMessageDeliveries * _invalidMessageDeliveries);
        }
    }

    // P3: applies once the peer has been in the mesh for the activation time.
    private double Deficit =>
        _inMesh && _meshTime > parameters.MeshMessageDeliveriesActivation
            ? Math.Max(0, parameters.MeshMessageDeliveriesThreshold - _meshMessageDeliveries)
            : 0;

    public void Graft(TimeSpan now)
    {
        _inMesh = true;
        _graftedAt = now;
        _meshTime = TimeSpan.Zero;
    }

    /// <summary>P3b: a deficit at the time of the prune sticks.</summary>
    public void Prune()
    {
        double deficit = Deficit;
        _meshFailurePenalty += deficit * deficit;
        _inMesh = false;
    }

    /// <summary>P2, and P3 for a mesh peer: the first to deliver a valid message.</summary>
    public void FirstDelivery()
    {
        _firstMessageDeliveries = Math.Min(_firstMessageDeliveries + 1, parameters.FirstMessageDeliveriesCap);
        MeshDelivery();
    }

    /// <summary>P3: a delivery by a mesh peer that was first or near-first.</summary>
    public void MeshDelivery()
    {
        if (_inMesh)
        {
            _meshMessageDeliveries = Math.Min(_meshMessageDeliveries + 1, parameters.MeshMessageDeliveriesCap);
        }
    }

    /// <summary>P4.</summary>
    public void InvalidDelivery() => _invalidMessageDeliveries += 1;

    /// <summary>A peer that left keeps what is held against it, not what it earned.</summary>
    public void Leave()
    {
        if (_inMesh)
        {
            Prune();
        }

        _firstMessageDeliveries = 0;
    }

    /// <summary>Applies <paramref name="intervals"/> decay intervals, and brings the time in mesh up to date.</summary>
    public void Decay(TimeSpan now, int intervals, double toZero)
    {
        _firstMessageDeliveries = Decayed(_firstMessageDeliveries, parameters.FirstMessageDeliveriesDecay, intervals, toZero);
        _meshMessageDeliveries = Decayed(_meshMessageDeliveries, parameters.MeshMessageDeliveriesDecay, intervals, toZero);
        _meshFailurePenalty = Decayed(_meshFailurePenalty, parameters.MeshFailurePenaltyDecay, intervals, toZero);
        _invalidMessageDeliveries = Decayed(_invalidMessageDeliveries, parameters.InvalidMessageDeliveriesDecay, intervals, toZero);
        if (_inMesh)
        {
            _meshTime = now - _graftedAt;
        }
    }

    /// <summary>One counter after its decay (gossipsub v1.1, Parameter Decay).</summary>
    public static double Decayed(double counter, double factor, int intervals, double toZero)
    {
        double decayed = counter * Math.Pow(factor, intervals);
        return decayed < toZero ? 0 : decayed;
    }
}
