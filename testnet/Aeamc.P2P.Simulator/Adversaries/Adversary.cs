using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Adversaries;

/// <summary>Makes the node that an attack names.</summary>
public static class Adversary
{
    public static SimulatedNode Create(Attack attack, Simulation simulation, NodeIndex index, int endpoint) => attack switch
    {
        Attack.Absent => new AbsentNode(simulation, index, endpoint),
        Attack.SilentLeader => new SilentLeader(simulation, index, endpoint),
        Attack.Deny => new DenyingNode(simulation, index, endpoint),
        Attack.Drop => new DroppingNode(simulation, index, endpoint),
        Attack.Delay => new DelayingNode(simulation, index, endpoint),
        Attack.Repeat => new RepeatingNode(simulation, index, endpoint),
        Attack.Spam => new SpammingNode(simulation, index, endpoint),
        Attack.Withhold => new WithholdingNode(simulation, index, endpoint),
        Attack.Equivocate => new EquivocatingLeader(simulation, index, endpoint),
        Attack.Conflict => new ConflictingVoter(simulation, index, endpoint),
        Attack.Impersonate => new ImpersonatingNode(simulation, index, endpoint),
        Attack.Nuller => new NullifyingNode(simulation, index, endpoint),
        Attack.Outdated => new OutdatedNode(simulation, index, endpoint),
        Attack.Amnesia => new AmnesiacNode(simulation, index, endpoint),
        Attack.SplitVote => new SplitVoteLeader(simulation, index, endpoint),
        Attack.Twins => new TwinNode(simulation, index, endpoint),
        Attack.InvalidProposer => new InvalidProposer(simulation, index, endpoint),
        Attack.Lie => new LyingNode(simulation, index, endpoint),
        Attack.SignFalsely => new FalseSigner(simulation, index, endpoint),
        Attack.Belated => new BelatedNode(simulation, index, endpoint),
        _ => throw new ArgumentOutOfRangeException(nameof(attack), attack, "no such attack"),
    };
}
