using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>Delay and jitter always; loss, duplicates and partitions while there is trouble.</summary>
public sealed class SimulatedNetwork(Simulation simulation)
{
    private readonly SplitMix _chance = simulation.Chance.Fork();
    private ulong _cut;
    private int _cutId;

    public long Messages { get; private set; }

    public void Broadcast(NodeIndex from, byte[] bytes)
    {
        for (ushort to = 0; to < simulation.Committee.Count; to++)
        {
            Send(from, new NodeIndex(to), bytes);
        }
    }

    public void Send(NodeIndex from, NodeIndex to, byte[] bytes)
    {
        if (from == to)
        {
            return;
        }

        Messages++;
        simulation.Checks.OnSent(bytes);
        if (!simulation.IsCalm)
        {
            if (Separated(from, to) || _chance.Permille(simulation.Options.LossPermille))
            {
                return;
            }

            if (_chance.Permille(simulation.Options.DuplicatePermille))
            {
                Deliver(from, to, bytes);
            }
        }

        Deliver(from, to, bytes);
    }

    /// <summary>Cuts the members whose bit is set from the others for a while.</summary>
    public void Partition(ulong side, long microseconds)
    {
        _cut = side;
        int id = ++_cutId;
        simulation.Clock.After(microseconds, () => _cut = id == _cutId ? 0 : _cut);
    }

    private bool Separated(NodeIndex from, NodeIndex to) => (((_cut >> (from.Value % 64)) ^ (_cut >> (to.Value % 64))) & 1) != 0;

    private void Deliver(NodeIndex from, NodeIndex to, byte[] bytes)
    {
        long delay = (simulation.Options.Delay * 1000L) + _chance.Below((simulation.Options.Jitter * 1000) + 1);
        simulation.Clock.After(delay, () =>
        {
            simulation.Trace.Add(simulation.Clock.Now);
            simulation.Trace.Add((from.Value << 16) | to.Value);
            simulation.Trace.Add(bytes);
            simulation.Nodes[to.Value].Receive(from, bytes);
        });
    }
}
