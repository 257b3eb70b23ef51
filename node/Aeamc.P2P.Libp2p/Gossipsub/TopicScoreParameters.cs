namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// Weights and limits of one topic's share of a peer's score (gossipsub v1.1, Topic Parameter Calculation and Decay).
/// The defaults suit quiet topics: P3 is off, because a mesh peer cannot deliver what nobody publishes, and time in the mesh is
/// worth so little that a silent mesh stays below the threshold of opportunistic grafting. <see cref="ForRate"/> gives those of
/// a topic whose rate is known.
/// A decay is the factor applied once per <see cref="PeerScoreParameters.DecayInterval"/>, in (0, 1).
/// </summary>
public sealed record TopicScoreParameters
{
    /// <summary>The topic's weight in the sum over topics.</summary>
    public double TopicWeight { get; init; } = 1;

    /// <summary>P1: time in mesh, in quanta, capped; a small positive weight.</summary>
    public double TimeInMeshWeight { get; init; } = 0.001;

    public TimeSpan TimeInMeshQuantum { get; init; } = TimeSpan.FromSeconds(1);

    public double TimeInMeshCap { get; init; } = 250;

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

    /// <summary>
    /// Parameters for a topic whose rate is known. A mesh peer that delivers its share of first messages earns half of P2's cap.
    /// P3 asks a mesh peer for a fiftieth of all messages, first or near-first: less than any honest peer delivers, more than one
    /// that withholds them. In a topic too quiet to tell the two apart P3 stays off.
    /// </summary>
    /// <param name="messagesPerSecond">What the network publishes in the topic when it is at its quietest.</param>
    /// <param name="degree">The mesh degree D.</param>
    /// <param name="decayInterval">That of <see cref="PeerScoreParameters"/>.</param>
    public static TopicScoreParameters ForRate(double messagesPerSecond, int degree = 6, TimeSpan? decayInterval = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(messagesPerSecond);
        ArgumentOutOfRangeException.ThrowIfLessThan(degree, 1);
        double interval = (decayInterval ?? TimeSpan.FromSeconds(1)).TotalSeconds;
        // Counters settle where what is added in an interval is what decays in it.
        double p2Decay = DecayOver(TimeSpan.FromSeconds(100), interval);
        double p3Decay = DecayOver(TimeSpan.FromSeconds(60), interval);
        double share = messagesPerSecond * interval / degree / (1 - p2Decay);
        double all = messagesPerSecond * interval / (1 - p3Decay);
        double p2Cap = Math.Max(5, 2 * share);
        double threshold = all / 50;
        var quiet = new TopicScoreParameters
        {
            FirstMessageDeliveriesWeight = MaxFirstDeliveriesScore / p2Cap,
            FirstMessageDeliveriesDecay = p2Decay,
            FirstMessageDeliveriesCap = p2Cap,
        };
        if (threshold < 1)
        {
            return quiet;
        }

        // One that delivers nothing loses twice what it can have earned.
        double weight = -2 * MaxFirstDeliveriesScore / (threshold * threshold);
        return quiet with
        {
            MeshMessageDeliveriesWeight = weight,
            MeshMessageDeliveriesDecay = p3Decay,
            MeshMessageDeliveriesCap = Math.Max(10, 2 * threshold),
            MeshMessageDeliveriesThreshold = threshold,
            MeshMessageDeliveriesWindow = TimeSpan.FromMilliseconds(50),
            MeshMessageDeliveriesActivation = TimeSpan.FromSeconds(20),
            MeshFailurePenaltyWeight = weight,
            // Longer than a backoff, or the silent ones would be back in the mesh each time one ends.
            MeshFailurePenaltyDecay = DecayOver(TimeSpan.FromMinutes(5), interval),
        };
    }

    private const double MaxFirstDeliveriesScore = 10;

    // The factor that takes a counter to a hundredth in this time.
    private static double DecayOver(TimeSpan time, double interval) => Math.Pow(0.01, interval / time.TotalSeconds);
}
