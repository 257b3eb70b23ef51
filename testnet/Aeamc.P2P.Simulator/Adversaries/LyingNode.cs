using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>Is honest but to those who lack something: it answers them with another block that reads as well, or with a broken batch.</summary>
public sealed class LyingNode(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    private const int Tries = 32;

    protected override void Answer(int to, byte[] blob)
    {
        var lie = (byte[])blob.Clone();
        int from = blob[0] == ContentCode ? 1 + Hash256.Size : 1;
        for (int i = 0; i < Tries; i++)
        {
            int at = from + Chance.Below(blob.Length - from);
            lie[at] ^= 1;
            if (blob[0] != ContentCode || Blocks.TryRead(lie.AsSpan(from), out _))
            {
                break;
            }

            lie[at] ^= 1;
        }

        base.Answer(to, lie);
    }
}
