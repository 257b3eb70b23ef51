using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>Restarts again and again, and remembers no vote that it cast.</summary>
public sealed class AmnesiacNode(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    protected override RecoveredState Recover() => RecoveredState.Fresh(Simulation.Epoch, Disk.Tip);

    protected override void Execute(Effect effect)
    {
        base.Execute(effect);
        if (effect is Effect.EnteredView && Chance.Permille(200))
        {
            Simulation.CrashNow(this, Chance.Below(10_000));
        }
    }
}
