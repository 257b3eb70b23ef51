using Aeamc.P2P.Simulator.Adversaries;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;
using Aeamc.P2P.Simulator.Faults;

namespace Aeamc.P2P.Simulator.Tests;

/// <summary>Checkpoints co-signed by ROAST in simulated nodes.</summary>
public class SigningTests
{
    [Fact]
    public void Members_sign_each_checkpoint_once()
    {
        SimulationResult result = Simulation.Run(new() { Stack = StackKind.Full, Signs = true, Blocks = 300 });
        Assert.True(result.Passed, string.Join("; ", result.Violations));
        Assert.True(result.Checkpoints >= 3, $"{result.Checkpoints} checkpoints");
    }

    [Theory]
    [InlineData(Attack.SignFalsely, 4)]
    [InlineData(Attack.SignFalsely, 7)]
    [InlineData(Attack.Absent, 7)]
    [InlineData(Attack.Lie, 7)]
    [InlineData(Attack.Withhold, 7)]
    [InlineData(Attack.Twins, 7)]
    public void Up_to_f_members_that_are_silent_lie_or_send_false_shares_do_not_stop_it(Attack attack, int nodes)
    {
        for (ulong seed = 1; seed <= 3; seed++)
        {
            SimulationResult result = Simulation.Run(Signing(seed) with { Nodes = nodes, Attacks = [attack] });
            Assert.True(result.Passed, $"{attack}, seed {seed}: {string.Join("; ", result.Violations)}");
            Assert.True(result.Checkpoints > 0, $"{attack}, seed {seed}: nothing signed");
        }
    }

    [Fact]
    public void Crashes_lose_nonces_and_repeat_none()
    {
        for (ulong seed = 1; seed <= 4; seed++)
        {
            SimulationResult result = Simulation.Run(Signing(seed) with
            {
                Nodes = 7,
                Attacks = [Attack.SignFalsely],
                Faults = FaultSchedule.Draw(new SplitMix(seed), 7, 1200, 6, 1, 0),
            });
            Assert.True(result.Passed, $"seed {seed}: {string.Join("; ", result.Violations)}");
        }
    }

    [Fact]
    public void One_seed_is_one_run_with_signing_too()
    {
        SimulationOptions options = Signing(3) with { Nodes = 7, Attacks = [Attack.SignFalsely, Attack.Lie], Faults = [new Fault.Late(2, true, 0, 700)] };
        Assert.Equal(Simulation.Run(options).Trace, Simulation.Run(options).Trace);
    }

    internal static SimulationOptions Signing(ulong seed)
    {
        LatencyModel latency = LatencyModel.Uniform(5_000);
        return new()
        {
            Seed = seed,
            Stack = StackKind.Full,
            Signs = true,
            TroubleTime = 1_300,
            LossPermille = 50,
            Latency = latency,
            Jitter = 3_000,
            Core = SimulationOptions.TimingFor(latency, 3_000, 7),
            Blocks = 5,
        };
    }
}
