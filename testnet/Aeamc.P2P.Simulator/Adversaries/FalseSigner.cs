using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>
/// Is honest but about checkpoints: answers coordinators with silence, false shares and garbage in turn, refuses at random, and spreads checkpoints that say something else than was signed.
/// </summary>
public sealed class FalseSigner(Simulation simulation, NodeIndex index, int endpoint) : SimulatedNode(simulation, index, endpoint)
{
    public override bool IsHonest => false;

    protected override void Answer(int to, byte[] blob)
    {
        if (blob[0] != ReplyCode || blob[RequestHead] != (byte)RequestKind.Sign)
        {
            base.Answer(to, blob);
            return;
        }

        var answer = (byte[])blob.Clone();
        switch (Chance.Below(4))
        {
            case 0:
                return;
            case 1:
                // Somewhere in the message, the nonces or the share.
                answer[^(1 + Chance.Below(Math.Max(1, blob.Length - RequestHead - 2)))] ^= (byte)(1 << Chance.Below(8));
                break;
            case 2:
                answer = [.. blob[..(RequestHead + 2)], 0xc0];
                break;
            default:
                break;
        }

        base.Answer(to, answer);
    }

    protected override void Execute(Effect effect)
    {
        base.Execute(effect);
        if (effect is Effect.EnteredView && Chance.Permille(200) && (Blocks as LedgerBlocks)?.Signing.Newest is { } newest)
        {
            newest[Chance.Below(newest.Length)] ^= (byte)(1 << Chance.Below(8));
            SpreadCheckpoint(newest);
        }
    }
}
