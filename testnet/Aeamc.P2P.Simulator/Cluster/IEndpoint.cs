namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>Whoever can be sent to: a node of ours, an adversary, a node of the baseline.</summary>
public interface IEndpoint
{
    /// <summary>A message has arrived, from the endpoint of that number.</summary>
    void Receive(int from, Envelope envelope);
}
