using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>Sending: everything goes through <see cref="Transmit"/>, which adversaries change.</summary>
public partial class SimulatedNode
{
    /// <summary>A signed checkpoint to one member.</summary>
    public void SendCheckpoint(NodeIndex to, byte[] signed) => Transmit(to, Simulation.Network.Envelope([CheckpointCode, .. signed]));

    /// <summary>A signed checkpoint to all others.</summary>
    public void SpreadCheckpoint(byte[] signed)
    {
        Envelope envelope = Simulation.Network.Envelope([CheckpointCode, .. signed]);
        for (ushort to = 0; to < Simulation.Committee.Count; to++)
        {
            Transmit(new NodeIndex(to), envelope);
        }
    }

    /// <summary>Spreads a batch of its own.</summary>
    public virtual void Gossip(Envelope batch)
    {
        for (ushort to = 0; to < Simulation.Committee.Count; to++)
        {
            Transmit(new NodeIndex(to), batch);
        }
    }

    /// <summary>A blob to whoever asked for it.</summary>
    protected virtual void Answer(int to, byte[] blob) => Simulation.Network.Send(Endpoint, to, Simulation.Network.Envelope(blob));

    /// <summary>One message to one member.</summary>
    protected virtual void Send(NodeIndex to, ConsensusMessage message) => Transmit(to, Pack(message));

    /// <summary>One message to all others.</summary>
    protected virtual void Broadcast(ConsensusMessage message)
    {
        Envelope envelope = Pack(message);
        for (ushort to = 0; to < Simulation.Committee.Count; to++)
        {
            Transmit(new NodeIndex(to), envelope);
        }
    }

    protected Envelope Pack(ConsensusMessage message) => Simulation.Network.Envelope([MessageCode, .. ConsensusMessageCodec.Encode(message)]);

    /// <summary>To every node that goes by that member's key, except ourselves.</summary>
    protected virtual void Transmit(NodeIndex to, Envelope envelope)
    {
        if (to == Index)
        {
            return;
        }

        if (!(IsHonest ? envelope.IsSeenHonest : envelope.IsSeen))
        {
            envelope.IsSeen = true;
            envelope.IsSeenHonest |= IsHonest;
            Simulation.Checks.OnSent(this, Read(envelope));
        }

        foreach (int endpoint in Simulation.EndpointsOf(to))
        {
            Simulation.Network.Send(Endpoint, endpoint, envelope);
        }
    }
}
