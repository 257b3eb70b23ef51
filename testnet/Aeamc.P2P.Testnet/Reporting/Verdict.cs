namespace Aeamc.P2P.Testnet.Reporting;

/// <summary>The rules by which a run passes.</summary>
public static class Verdict
{
    public const string Pass = "pass";
    public const string Fail = "fail";

    /// <summary>Why a run failed, one sentence for each reason; empty when it passed.</summary>
    public static IReadOnlyList<string> Reasons(RunEvidence run)
    {
        List<string> reasons = [];
        if (run.Fault is { } fault)
        {
            // What did not come to pass after it says nothing more.
            reasons.Add(fault);
        }
        else
        {
            ChainGrew(run, reasons);
            NoFork(run, reasons);
            NothingLost(run, reasons);
            Anchored(run, reasons);
        }

        StoppedCleanly(run, reasons);
        return reasons;
    }

    private static void ChainGrew(RunEvidence run, List<string> reasons)
    {
        for (int i = 0; i < run.Heights.Count; i++)
        {
            (ulong? start, ulong? end) = run.Heights[i];
            if (start is null || end is null)
            {
                reasons.Add($"node-{i} did not answer.");
            }
            else if (end <= start)
            {
                reasons.Add($"The chain of node-{i} did not grow: height {start} at the start, {end} at the end.");
            }
        }
    }

    private static void NoFork(RunEvidence run, List<string> reasons)
    {
        if (run.Chain.Fault is { } fork)
        {
            reasons.Add(fork);
        }
    }

    private static void NothingLost(RunEvidence run, List<string> reasons)
    {
        for (int i = 0; i < run.PendingAfterDrain.Count; i++)
        {
            if (run.PendingAfterDrain[i] is > 0 and int pending)
            {
                reasons.Add($"node-{i} had {pending} acknowledged entries that were not finalized within {RunLimits.Drain.TotalSeconds:0} s after the load stopped.");
            }
        }

        if (run.ProofsInBlocks is { } included && included < run.ProofsAccepted)
        {
            reasons.Add($"{run.ProofsAccepted - included} of {run.ProofsAccepted} acknowledged proofs are in no block.");
        }

        if (run.Options.ProofsWanted && run.ProofsFinalized == 0)
        {
            reasons.Add("No proof was finalized.");
        }
    }

    private static void Anchored(RunEvidence run, List<string> reasons)
    {
        if (run.Anchors == 0 && run.Measured >= TestnetOptions.AnchorExpectedAfter)
        {
            reasons.Add($"No checkpoint was anchored in {run.Measured.TotalSeconds:0} s.");
        }

        if (run.AnchorFault is { } fault)
        {
            reasons.Add(fault);
        }
    }

    private static void StoppedCleanly(RunEvidence run, List<string> reasons)
    {
        for (int i = 0; i < run.Stops.Count; i++)
        {
            if (run.Stops[i].Forced)
            {
                reasons.Add($"node-{i} did not stop within {Network.LocalTestnet.StopLimit.TotalSeconds:0} s after SIGTERM and was killed.");
            }
            else if (run.Stops[i].ExitCode != 0)
            {
                reasons.Add($"node-{i} ended with exit code {run.Stops[i].ExitCode}.");
            }
        }
    }
}
