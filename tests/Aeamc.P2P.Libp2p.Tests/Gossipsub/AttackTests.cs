using Aeamc.P2P.Gossipsub.Simulation.Attacks;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

/// <summary>
/// The attacks of the gossipsub v1.1 evaluation report on 100 honest routers, short: the command of the simulation runs them in
/// full. Virtual time and a seed: the same result on every machine.
/// </summary>
public class AttackTests
{
    private static readonly AttackOptions Short = new()
    {
        Attackers = 100,
        AttackerDials = 15,
        Rate = 4,
        WarmUp = TimeSpan.FromSeconds(30),
        Attack = TimeSpan.FromSeconds(60),
    };

    [Theory]
    [InlineData(AttackKind.None)]
    [InlineData(AttackKind.SybilTakeover)]
    [InlineData(AttackKind.ColdBoot)]
    [InlineData(AttackKind.Eclipse)]
    [InlineData(AttackKind.CovertFlash)]
    [InlineData(AttackKind.Censorship)]
    internal void Every_message_is_delivered_under_attack_and_the_meshes_recover(AttackKind kind)
    {
        // Sybils that were never in a mesh take the places of those thrown out, until all have been: that takes longest when they are first.
        AttackReport report = AttackSimulation.Run(kind, kind == AttackKind.ColdBoot ? Short with { Attack = Short.Attack * 2 } : Short);
        // What the meshes lose is repaired by gossip.
        Assert.InRange(report.WorstDelivered, 0.999, 1);
        Assert.NotNull(report.RecoveredAfter);
        Assert.InRange(report.End.OnTime, 0.99, 1);
        // Between heartbeats a full mesh still takes in peers that the node dialled, and no others (D_hi, Outbound Mesh Quotas).
        Assert.All(report.Intervals, static interval => Assert.InRange(interval.LargestDegree, 1, 12 + Short.HonestDials));
        if (kind is AttackKind.SybilTakeover or AttackKind.ColdBoot or AttackKind.Eclipse)
        {
            Assert.True(report.MostAttackers > 0.3, $"the attackers held {report.MostAttackers:p0} of the meshes at most");
            Assert.True(report.End.AttackersInMeshes < report.MostAttackers / 2, $"the attackers still hold {report.End.AttackersInMeshes:p0} of the meshes");
        }
    }
}
