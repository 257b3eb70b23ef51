using Aeamc.P2P.Libp2p.Gossipsub;

namespace Aeamc.P2P.Gossipsub.Simulation.Measurements;

/// <summary>
/// How many copies of each message a node receives in a fully connected network, where every node gets each message from its
/// publisher, and everything forwarded is one copy too many.
/// </summary>
internal static class DuplicateMeasurement
{
    /// <summary>Copies received per node and message, after a start in which the nodes learn of each other; 1 is the least.</summary>
    /// <param name="seed">Of the network.</param>
    /// <param name="nodes">All connected to all, by links of 0.5 to 0.9 ms.</param>
    /// <param name="messageBytes">Payload size.</param>
    /// <param name="hold"><see cref="PubsubSettings.ForwardHold"/>.</param>
    public static double CopiesPerDelivery(int seed, int nodes, int messageBytes, TimeSpan hold)
    {
        var network = new SimulatedNetwork(seed, new PubsubSettings { ForwardHold = hold })
        {
            // No detour is shorter than the direct way, as on one machine or in one data centre.
            LinkDelay = (TimeSpan.FromMicroseconds(500), TimeSpan.FromMicroseconds(900)),
            ValidationTime = TimeSpan.FromMicroseconds(50),
            MessageBytes = messageBytes,
        };
        for (int i = 0; i < nodes; i++)
        {
            network.Dial(network.Add(i), i);
        }

        network.Run(TimeSpan.FromSeconds(5));
        Publish(network, "learn", 20);
        (long accepted, long duplicates) = Received(network);
        Publish(network, "measure", 100);
        (long acceptedAfter, long duplicatesAfter) = Received(network);
        return 1 + ((double)(duplicatesAfter - duplicates) / (acceptedAfter - accepted));
    }

    private static void Publish(SimulatedNetwork network, string prefix, int count)
    {
        for (int i = 0; i < count; i++)
        {
            foreach (SimulatedNode node in network.Nodes)
            {
                node.Publish($"{prefix} {i} by {node.Number}");
                network.Run(TimeSpan.FromMilliseconds(5));
            }
        }

        network.Run(TimeSpan.FromSeconds(1));
    }

    private static (long Accepted, long Duplicates) Received(SimulatedNetwork network) => (
        network.Nodes.Sum(static node => node.Router.Counter(RouterCounter.MessagesAccepted)),
        network.Nodes.Sum(static node => node.Router.Counter(RouterCounter.MessagesDuplicate)));
}
