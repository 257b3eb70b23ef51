namespace Aeamc.P2P.Gossipsub.Simulation.Attacks;

/// <summary>The size of an attack.</summary>
internal sealed record AttackOptions
{
    public int Seed { get; init; } = 1;

    public int Honest { get; init; } = 100;

    public int Attackers { get; init; } = 200;

    /// <summary>Nodes that each honest node dials.</summary>
    public int HonestDials { get; init; } = 8;

    /// <summary>Honest nodes that each attacker dials.</summary>
    public int AttackerDials { get; init; } = 20;

    /// <summary>Time before the attack: meshes form and scores grow.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan Attack { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Messages a second, from honest nodes at random; the target of an attack publishes one more each second.</summary>
    public double Rate { get; init; } = 10;
}
