using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>Says everything three times, and replays to anyone what it once heard from anyone.</summary>
public sealed class RepeatingNode(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    private const int Remembered = 256;

    private readonly List<Envelope> _heard = [];

    public override void Receive(int from, Envelope envelope)
    {
        base.Receive(from, envelope);
        if (_heard.Count < Remembered)
        {
            _heard.Add(envelope);
        }
        else
        {
            _heard[Chance.Below(Remembered)] = envelope;
        }

        if (Chance.Permille(200))
        {
            Transmit(new NodeIndex((ushort)Chance.Below(Simulation.Committee.Count)), _heard[Chance.Below(_heard.Count)]);
        }
    }

    protected override void Transmit(NodeIndex to, Envelope envelope)
    {
        for (int i = 0; i < 3; i++)
        {
            base.Transmit(to, envelope);
        }
    }
}
