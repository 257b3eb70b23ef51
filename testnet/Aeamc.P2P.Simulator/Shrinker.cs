using Aeamc.P2P.Simulator.Adversaries;
using Aeamc.P2P.Simulator.Faults;

namespace Aeamc.P2P.Simulator;

/// <summary>
/// Takes away from a failing run what it fails without: scheduled faults, loss, jitter, attackers, blocks. What is left fails in the same way. The number of
/// runs is bounded, so the last word need not be the least.
/// </summary>
public static class Shrinker
{
    private const int MostRuns = 120;

    public static SimulationOptions Shrink(SimulationOptions failing) => Shrink(failing, options => Simulation.Run(options).Violations);

    /// <param name="failing">A run that fails.</param>
    /// <param name="violations">What a run finds.</param>
    public static SimulationOptions Shrink(SimulationOptions failing, Func<SimulationOptions, IReadOnlyList<string>> violations)
    {
        IReadOnlyList<string> found = violations(failing);
        if (found.Count == 0)
        {
            return failing;
        }

        string kind = Kind(found[0]);

        SimulationOptions best = failing;
        int runs = 0;
        for (bool smaller = true; smaller && runs < MostRuns;)
        {
            smaller = false;
            foreach (SimulationOptions candidate in Smaller(best))
            {
                if (runs++ >= MostRuns)
                {
                    break;
                }

                if (violations(candidate).Any(v => Kind(v) == kind))
                {
                    best = candidate;
                    smaller = true;
                    break;
                }
            }
        }

        return best;
    }

    /// <summary>The words of a violation up to its first digit: the same mistake at another height is the same mistake.</summary>
    private static string Kind(string violation)
    {
        int digit = violation.AsSpan().IndexOfAnyInRange('0', '9');
        return digit < 0 ? violation : violation[..digit];
    }

    private static IEnumerable<SimulationOptions> Smaller(SimulationOptions o)
    {
        // Halves first, then one by one.
        for (int part = o.Faults.Count / 2; part >= 1; part /= 2)
        {
            for (int from = 0; from < o.Faults.Count; from += part)
            {
                yield return o with { Faults = [.. o.Faults.Take(from), .. o.Faults.Skip(from + part)] };
            }
        }

        if (o.Faults.Count == 1)
        {
            yield return o with { Faults = (IReadOnlyList<Fault>)[] };
        }

        if (o.LossPermille > 0)
        {
            yield return o with { LossPermille = 0 };
        }

        if (o.DuplicatePermille > 0)
        {
            yield return o with { DuplicatePermille = 0 };
        }

        if (o.Jitter > 0)
        {
            yield return o with { Jitter = 0 };
        }

        if (o.ClockDriftPermille > 0)
        {
            yield return o with { ClockDriftPermille = 0 };
        }

        if (o.ClockSkew > 0)
        {
            yield return o with { ClockSkew = 0 };
        }

        if (o.Signs)
        {
            yield return o with { Signs = false };
        }

        if (o.Stack == Application.StackKind.Full)
        {
            yield return o with { Stack = Application.StackKind.Consensus, Signs = false };
        }

        if (o.Load != Load.Busy)
        {
            yield return o with { Load = Load.Busy };
        }

        if (o.Attacks.Count > 1)
        {
            foreach (Attack attack in o.Attacks)
            {
                yield return o with { Attacks = [attack] };
            }
        }

        if (o.ByzantineCount > 0)
        {
            yield return o with { Byzantine = o.ByzantineCount - 1 };
        }

        if (o.Blocks > 1)
        {
            yield return o with { Blocks = o.Blocks / 2 };
        }
    }
}
