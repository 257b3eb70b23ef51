namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// Weights and limits of one topic's share of a peer's score (gossipsub v1.1, Topic Parameter Calculation and Decay).
/// The defaults suit quiet topics: P3 is off, because a mesh peer cannot deliver what nobody publishes.
/// A decay is the factor applied once per <see cref="PeerScoreParameters.DecayInterval"/>, in (0, 1).
/// </summary>
public sealed record TopicScoreParameters
{
    /// <summary>The topic's weight in the sum over topics.</summary>
    public double TopicWeight { get; init; } = 1;

    /// <summary>P1: time in mesh, in quanta, capped; a small positive weight.</summary>
    public double TimeInMeshWeight { get; init; } = 0.01;

    public TimeSpan TimeInMeshQuantum { get; init; } = TimeSpan.FromSeconds(1);

    public double TimeInMeshCap { get; init; } = 300;

    /// <summary>P2: messages that the peer delivered first, capped; a positive weight.</summary>
    public double FirstMessageDeliveriesWeight { get; init; } = 0.5;

    public double FirstMessageDeliveriesDecay { get; init; } = 0.99;

    public double FirstMessageDeliveriesCap { get; init; } = 20;

    /// <summary>P3: square of the deficit of deliveries by a mesh peer; a negative weight, or 0 for off.</summary>
    public double MeshMessageDeliveriesWeight { get; init; }

    public double MeshMessageDeliveriesDecay { get; init; } = 0.97;

    public double MeshMessageDeliveriesCap { get; init; } = 100;

    public double MeshMessageDeliveriesThreshold { get; init; } = 20;

    /// <summary>How long after validation a duplicate still counts as near-first.</summary>
    public TimeSpan MeshMessageDeliveriesWindow { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a peer is in the mesh before P3 applies to it.</summary>
    public TimeSpan MeshMessageDeliveriesActivation { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>P3b: deficits at the time of a prune, which stick; a negative weight, or 0 for off.</summary>
    public double MeshFailurePenaltyWeight { get; init; }

    public double MeshFailurePenaltyDecay { get; init; } = 0.97;

    /// <summary>P4: square of the count of invalid messages; a negative weight.</summary>
    public double InvalidMessageDeliveriesWeight { get; init; } = -10;

    public double InvalidMessageDeliveriesDecay { get; init; } = 0.98;
}
