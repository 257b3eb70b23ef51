using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Twins;

/// <summary>
/// All scenarios of a size, one of each class that differs in names only: a view's two sides may be exchanged, so may the two nodes of a twin, and so may members
/// that are no twins and lead none of the views.
/// </summary>
public static class TwinsGenerator
{
    /// <param name="members">Committee members.</param>
    /// <param name="twins">Which of them run twice.</param>
    /// <param name="leaders">Leaders of the views that are split, in order.</param>
    public static IEnumerable<TwinsScenario> All(int members, IReadOnlyList<int> twins, IReadOnlyList<int> leaders)
    {
        int nodes = members + twins.Count;
        List<int[]> symmetries = Symmetries(members, twins, leaders);
        uint choices = 1u << (nodes - 1);
        var sides = new uint[leaders.Count];
        while (true)
        {
            if (IsSmallest(sides, symmetries))
            {
                yield return new TwinsScenario(members, twins, [.. sides]);
            }

            int at = 0;
            while (at < sides.Length && (sides[at] = (sides[at] + 2) & ((choices << 1) - 1)) == 0)
            {
                at++;
            }

            if (at == sides.Length)
            {
                yield break;
            }
        }
    }

    /// <summary>Some scenarios of a size that is too large for all, drawn from a seed; one for each class.</summary>
    public static List<TwinsScenario> Sample(int members, IReadOnlyList<int> twins, IReadOnlyList<int> leaders, int count, ulong seed)
    {
        var chance = new SplitMix(seed);
        uint mask = (1u << (members + twins.Count)) - 2;
        List<int[]> symmetries = Symmetries(members, twins, leaders);
        var seen = new HashSet<string>();
        var found = new List<TwinsScenario>();
        for (int tries = 0; found.Count < count && tries < 20 * count; tries++)
        {
            uint[] sides = [.. leaders.Select(_ => (uint)(chance.Next() >> 32) & mask)];
            var scenario = new TwinsScenario(members, twins, Smallest(sides, symmetries));
            if (seen.Add(scenario.ToString()))
            {
                found.Add(scenario);
            }
        }

        return found;
    }

    private static bool IsSmallest(uint[] sides, List<int[]> symmetries)
    {
        foreach (int[] symmetry in symmetries)
        {
            for (int view = 0; view < sides.Length; view++)
            {
                uint image = Apply(sides[view], symmetry);
                if (image != sides[view])
                {
                    if (image < sides[view])
                    {
                        return false;
                    }

                    break;
                }
            }
        }

        return true;
    }

    private static uint[] Smallest(uint[] sides, List<int[]> symmetries)
    {
        uint[] best = sides;
        foreach (int[] symmetry in symmetries)
        {
            uint[] image = [.. sides.Select(side => Apply(side, symmetry))];
            if (image.AsSpan().SequenceCompareTo(best) < 0)
            {
                best = image;
            }
        }

        return best;
    }

    /// <summary>Renames the nodes, then puts node 0 on the first side.</summary>
    private static uint Apply(uint side, int[] symmetry)
    {
        uint image = 0;
        for (int node = 0; node < symmetry.Length; node++)
        {
            image |= ((side >> node) & 1) << symmetry[node];
        }

        return (image & 1) == 0 ? image : ~image & ((1u << symmetry.Length) - 1);
    }

    private static List<int[]> Symmetries(int members, IReadOnlyList<int> twins, IReadOnlyList<int> leaders)
    {
        int nodes = members + twins.Count;
        List<int> free = [.. Enumerable.Range(0, members).Where(m => !twins.Contains(m) && !leaders.Contains(m))];
        var all = new List<int[]>();
        foreach (List<int> order in Permutations(free))
        {
            for (int swaps = 0; swaps < 1 << twins.Count; swaps++)
            {
                int[] renamed = [.. Enumerable.Range(0, nodes)];
                for (int i = 0; i < free.Count; i++)
                {
                    renamed[free[i]] = order[i];
                }

                for (int i = 0; i < twins.Count; i++)
                {
                    if (((swaps >> i) & 1) != 0)
                    {
                        (renamed[twins[i]], renamed[members + i]) = (members + i, twins[i]);
                    }
                }

                all.Add(renamed);
            }
        }

        return all;
    }

    private static IEnumerable<List<int>> Permutations(List<int> items)
    {
        if (items.Count == 0)
        {
            yield return [];
            yield break;
        }

        for (int i = 0; i < items.Count; i++)
        {
            List<int> rest = [.. items];
            rest.RemoveAt(i);
            foreach (List<int> tail in Permutations(rest))
            {
                yield return [items[i], .. tail];
            }
        }
    }
}
