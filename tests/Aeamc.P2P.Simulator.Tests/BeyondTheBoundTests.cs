using Aeamc.P2P.Simulator.Adversaries;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;
using Aeamc.P2P.Simulator.Faults;

namespace Aeamc.P2P.Simulator.Tests;

/// <summary>The checkers themselves: beyond what the rules promise they must find what goes wrong, one test for each invariant.</summary>
public class BeyondTheBoundTests
{
    [Fact]
    public void A_fork_and_two_notarizations_of_one_view_are_found_under_two_equivocators_of_four()
    {
        List<string> found = Found(new() { Attacks = [Attack.Equivocate], Byzantine = 2, Blocks = 5 });
        Assert.Contains(found, v => v.StartsWith("fork at height", StringComparison.Ordinal));
        Assert.Contains(found, v => v.StartsWith("two notarizations", StringComparison.Ordinal));
        Assert.Contains(found, v => v.Contains("halted: ConflictingCertificates", StringComparison.Ordinal));
    }

    [Fact]
    public void A_view_both_nullified_and_finalized_is_found_under_split_votes_of_two_of_four() =>
        AssertFound("nullification and finalization in view", new() { Attacks = [Attack.SplitVote], Byzantine = 2, Blocks = 10 });

    [Fact]
    public void A_skipped_view_without_a_nullification_is_found_under_a_quorum_that_lives_in_the_past() =>
        AssertFound("without a nullification", new() { Attacks = [Attack.Outdated], Byzantine = 3, Blocks = 10 });

    [Fact]
    public void Two_pairs_of_twins_among_four_are_found_out()
    {
        var latency = LatencyModel.Uniform(50_000);
        AssertFound("nullification and finalization in view", new()
        {
            Attacks = [Attack.Twins],
            Byzantine = 2,
            Blocks = 10,
            LossPermille = 100,
            Latency = latency,
            Jitter = 0,
            Core = SimulationOptions.TimingFor(latency, 0, 4),
        });
    }

    [Fact]
    public void Certificates_that_do_not_stand_by_themselves_are_found_when_the_verifier_accepts_anything()
    {
        // One impersonator is enough: the fault is in the verifier.
        AssertFound("which does not stand by itself", new() { Attacks = [Attack.Impersonate], AcceptsForgeries = true, Blocks = 10, TroubleTime = 500, LossPermille = 200 });
    }

    [Fact]
    public void A_member_that_forgets_its_votes_altogether_is_found()
    {
        AssertFoundBySeed("honest member", seed => new()
        {
            Seed = seed,
            TroubleTime = 1500,
            Faults = FaultSchedule.Draw(new SplitMix(seed), 4, 1500, 8, 0, 0),
            DiskFault = DiskFault.LosesLogAndWatermark,
            LossPermille = 300,
            Blocks = 5,
        });
    }

    [Fact]
    public void A_chain_that_stands_still_is_found_under_two_absent_of_four()
    {
        SimulationResult result = Simulation.Run(new() { Attacks = [Attack.Absent], Byzantine = 2, Blocks = 5 });
        Assert.Contains("blocks within", Assert.Single(result.Violations), StringComparison.Ordinal);
        Assert.Equal(0UL, result.Height);
    }

    [Fact]
    public void A_ledger_that_is_wrong_in_one_member_is_found() =>
        AssertFound("state of member", new() { Stack = StackKind.Full, BrokenLedger = 1, Blocks = 15 });

    [Fact]
    public void An_acknowledged_entry_that_is_lost_is_found() => AssertFoundBySeed("is in no final block", seed => new()
    {
        Seed = seed,
        Stack = StackKind.Full,
        AcknowledgesEarly = true,
        TroubleTime = 1500,
        LossPermille = 300,
        Faults = FaultSchedule.Draw(new SplitMix(seed), 4, 1500, 8, 0, 0),
        Blocks = 5,
    });

    [Fact]
    public void A_lying_peer_that_is_believed_is_found() => AssertFoundBySeed("fork at height", seed => new()
    {
        Seed = seed,
        Attacks = [Attack.Lie],
        AcceptsLies = true,
        TroubleTime = 1500,
        LossPermille = 100,
        Faults = FaultSchedule.Draw(new SplitMix(seed), 4, 1500, 4, 0, 0),
        Blocks = 5,
    });

    [Fact]
    public void A_flipped_bit_that_nobody_notices_is_found() => AssertFoundBySeed("started on a log with a flipped bit", seed => new()
    {
        Seed = seed,
        IgnoresChecksums = true,
        TroubleTime = 1500,
        Faults = FaultSchedule.Disks(new SplitMix(seed), 4, 1500, 4, 0),
        Blocks = 5,
    });

    [Fact]
    public void Votes_lost_to_one_flip_because_they_were_in_one_slot_only_are_found() =>
        AssertFoundBySeed("honest member", seed => DiskTests.ManyFlips(seed) with { WritesOneSlot = true });

    [Fact]
    public void Votes_that_only_the_signers_file_held_and_a_start_passed_over_are_found() => AssertFoundBySeed("honest member", seed => new()
    {
        Seed = seed,
        ForgetsUnlogged = true,
        TroubleTime = 1500,
        Faults = FaultSchedule.Draw(new SplitMix(seed), 4, 1500, 8, 0, 0),
        LossPermille = 300,
        Blocks = 5,
    });

    [Fact]
    public void A_beacon_that_its_leader_did_not_prove_is_found_when_it_is_believed() =>
        AssertFound("is not its leader's", new() { Stack = StackKind.Full, Attacks = [Attack.InvalidProposer], AcceptsBeacons = true, Blocks = 20 });

    [Fact]
    public void A_flipped_bit_of_the_store_that_nobody_notices_is_found() => AssertFoundBySeed("started on a store with a flipped bit", UnnoticedRot);

    [Fact]
    public void A_flipped_block_that_is_served_is_found() => AssertFoundBySeed("served a block that is not", UnnoticedRot);

    private static SimulationOptions UnnoticedRot(ulong seed) => SyncTests.Rotten(seed) with { IgnoresChecksums = true };

    [Fact]
    public void A_false_range_that_is_believed_is_found() =>
        AssertFoundBySeed("of a range does not fit its chain", seed => SyncTests.Late(seed, snapshot: false) with { AcceptsLies = true });

    [Fact]
    public void A_false_part_of_a_snapshot_that_is_believed_is_found() =>
        AssertFoundBySeed("snapshot of height", seed => SyncTests.Late(seed, snapshot: true) with { AcceptsLies = true });

    [Fact]
    public void Evidence_that_is_not_reported_is_found() =>
        AssertFound("saw contradict itself", new() { Stack = StackKind.Full, Attacks = [Attack.Equivocate], HidesEvidence = true, Blocks = 20 });

    [Fact]
    public void Evidence_missed_because_a_late_vote_passes_unverified_is_found() =>
        AssertFound("saw contradict itself", new() { Stack = StackKind.Full, Attacks = [Attack.Belated], IgnoresLateVotes = true, Blocks = 40 });

    [Fact]
    public void A_checkpoint_that_the_group_did_not_sign_is_found() => AssertFoundBySeed(
        "that the group's key did not sign", seed => SigningTests.Signing(seed) with { Attacks = [Attack.SignFalsely], AcceptsForgeries = true });

    [Fact]
    public void A_nonce_used_twice_is_found() => AssertFoundBySeed(
        "signed twice with one nonce", seed => SigningTests.Signing(seed) with { Nodes = 7, Attacks = [Attack.SignFalsely], RepeatsNonces = true });

    [Fact]
    public void A_checkpoint_that_nobody_gets_signed_is_found() => AssertFoundBySeed("is not signed after", seed => SigningTests.Signing(seed) with { CoordinatesNothing = true });

    [Fact]
    public void A_vote_that_a_full_disk_takes_no_record_of_is_found() => AssertFoundBySeed("though its disk takes no record", seed => new()
    {
        Seed = seed,
        IgnoresFullDisk = true,
        TroubleTime = 1500,
        Faults = FaultSchedule.Disks(new SplitMix(seed), 4, 1500, 0, 4),
        Blocks = 5,
    });

    [Fact]
    public void Memory_beyond_its_bound_is_found()
    {
        var simulation = new Simulation(new SimulationOptions());
        simulation.Checks.OnMemory(default, 19, 0);
        Assert.Empty(simulation.Checks.Violations);
        simulation.Checks.OnMemory(default, 20, 0);
        Assert.Contains("tracks 20 views", Assert.Single(simulation.Checks.Violations), StringComparison.Ordinal);
    }

    private static List<string> Found(SimulationOptions options)
    {
        var found = new List<string>();
        for (ulong seed = 1; seed <= 10; seed++)
        {
            found.AddRange(Simulation.Run(options with { Seed = seed }).Violations);
        }

        return found;
    }

    private static void AssertFound(string violation, SimulationOptions options) => AssertFoundBySeed(violation, seed => options with { Seed = seed });

    private static void AssertFoundBySeed(string violation, Func<ulong, SimulationOptions> options)
    {
        var others = new SortedSet<string>(StringComparer.Ordinal);
        for (ulong seed = 1; seed <= 200; seed++)
        {
            IReadOnlyList<string> found = Simulation.Run(options(seed)).Violations;
            if (found.Any(v => v.Contains(violation, StringComparison.Ordinal)))
            {
                return;
            }

            others.UnionWith(found.Take(1));
        }

        Assert.Fail($"nothing found with '{violation}', but: {string.Join("; ", others.Take(5))}");
    }
}
