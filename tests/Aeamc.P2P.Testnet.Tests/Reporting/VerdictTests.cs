using Aeamc.P2P.Testnet.Processes;
using Aeamc.P2P.Testnet.Reporting;

namespace Aeamc.P2P.Testnet.Tests.Reporting;

public sealed class VerdictTests
{
    private static readonly RunEvidence Good = new()
    {
        Options = new TestnetOptions { Nodes = 2 },
        Measured = TimeSpan.FromSeconds(60),
        Heights = [(5, 100), (5, 101)],
        Chain = new ChainComparison(100, null),
        ProofsAccepted = 1000,
        ProofsInBlocks = 1000,
        ProofsFinalized = 990,
        PendingAfterDrain = [0, 0],
        Anchors = 4,
        Stops = [new StopOutcome(0, false), new StopOutcome(0, false)],
    };

    [Fact]
    public void A_run_with_nothing_wrong_passes() => Assert.Empty(Verdict.Reasons(Good));

    [Fact]
    public void A_short_run_needs_no_anchor() => Assert.Empty(Verdict.Reasons(Good with { Anchors = 0, Measured = TimeSpan.FromSeconds(44) }));

    [Fact]
    public void A_run_without_devices_and_load_needs_no_proof() =>
        Assert.Empty(Verdict.Reasons(Good with { Options = new TestnetOptions { Devices = 0 }, ProofsFinalized = 0, ProofsAccepted = 0, ProofsInBlocks = 0 }));

    [Fact]
    public void Proofs_are_not_compared_when_a_block_was_missed() => Assert.Empty(Verdict.Reasons(Good with { ProofsInBlocks = null }));

    [Fact]
    public void A_fault_fails() => Fails(Good with { Fault = "The disk is full." }, "The disk is full.");

    [Fact]
    public void After_a_fault_only_how_the_nodes_stopped_is_told_besides() => Assert.Equal(
        ["The disk is full.", "node-0 ended with exit code 70."],
        Verdict.Reasons(Good with { Fault = "The disk is full.", ProofsFinalized = 0, Anchors = 0, Chain = ChainComparison.NotMade, Stops = [new StopOutcome(70, false)] }));

    [Fact]
    public void A_chain_that_does_not_grow_on_each_node_fails() =>
        Fails(Good with { Heights = [(5, 100), (7, 7)] }, "The chain of node-1 did not grow: height 7 at the start, 7 at the end.");

    [Fact]
    public void A_silent_node_fails() => Fails(Good with { Heights = [(5, 100), (5, null)] }, "node-1 did not answer.");

    [Fact]
    public void Different_chains_fail() => Fails(Good with { Chain = new ChainComparison(9, "node-1 has another block.") }, "node-1 has another block.");

    [Fact]
    public void Chains_that_were_not_compared_fail() => Fails(Good with { Chain = ChainComparison.NotMade }, ChainComparison.NotMade.Fault!);

    [Fact]
    public void Entries_that_stay_pending_fail() =>
        Fails(Good with { PendingAfterDrain = [0, 3] }, "node-1 had 3 acknowledged entries that were not finalized within 10 s after the load stopped.");

    [Fact]
    public void A_lost_proof_fails() => Fails(Good with { ProofsInBlocks = 998 }, "2 of 1000 acknowledged proofs are in no block.");

    [Fact]
    public void No_proof_at_all_fails() => Fails(Good with { ProofsFinalized = 0 }, "No proof was finalized.");

    [Fact]
    public void A_long_run_without_an_anchor_fails() => Fails(Good with { Anchors = 0 }, "No checkpoint was anchored in 60 s.");

    [Fact]
    public void A_wrong_anchor_fails() => Fails(Good with { AnchorFault = "The contract's head is wrong." }, "The contract's head is wrong.");

    [Fact]
    public void A_node_that_had_to_be_killed_fails() =>
        Fails(Good with { Stops = [new StopOutcome(0, false), new StopOutcome(137, true)] }, "node-1 did not stop within 5 s after SIGTERM and was killed.");

    [Fact]
    public void A_node_that_ends_badly_fails() =>
        Fails(Good with { Stops = [new StopOutcome(70, false), new StopOutcome(0, false)] }, "node-0 ended with exit code 70.");

    [Fact]
    public void All_reasons_are_given() =>
        Assert.Equal(2, Verdict.Reasons(Good with { ProofsFinalized = 0, AnchorFault = "No anchor." }).Count);

    private static void Fails(RunEvidence run, string reason) => Assert.Equal(reason, Assert.Single(Verdict.Reasons(run)));
}
