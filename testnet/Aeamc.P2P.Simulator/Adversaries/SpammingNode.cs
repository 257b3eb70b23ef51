using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>Is honest otherwise, and floods the others in each view: noise, votes of views far off, early Nullify votes, requests of the greatest span.</summary>
public sealed class SpammingNode(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    private const int Burst = 10;

    protected override void Execute(Effect effect)
    {
        base.Execute(effect);
        if (effect is not Effect.EnteredView entered)
        {
            return;
        }

        for (int i = 0; i < Burst; i++)
        {
            var noise = new byte[1 + Chance.Below(300)];
            for (int at = 0; at < noise.Length; at++)
            {
                noise[at] = (byte)Chance.Below(256);
            }

            ulong view = entered.View.Value;
            var to = new NodeIndex((ushort)Chance.Below(Simulation.Committee.Count));
            Transmit(to, Simulation.Network.Envelope(noise));
            Transmit(to, Simulation.Network.Envelope([MessageCode, .. noise]));
            Send(to, Sign(Statement.Nullify(Simulation.Epoch, new View(view + 1))));
            Send(to, Sign(Statement.Nullify(Simulation.Epoch, new View(view + Chance.Next() % 1_000_000))));
            Send(to, new CertificatesRequest(Simulation.Epoch, new View(view), new View(view + CertificatesRequest.MaximumViews - 1)));
        }
    }
}
