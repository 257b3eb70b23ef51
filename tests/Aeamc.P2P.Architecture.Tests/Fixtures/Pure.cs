namespace Aeamc.P2P.Architecture.Tests.Fixtures;

/// <summary>What replicated code may do, close to the edge. Never called: the scan reads it.</summary>
internal static class Pure
{
    internal static int LooksUp(Dictionary<int, int> map, int key) => map.TryGetValue(key, out int value) ? value + map.Count : 0;

    internal static int WalksInOrder(SortedDictionary<int, int> map)
    {
        int sum = 0;
        foreach (KeyValuePair<int, int> pair in map)
        {
            sum += pair.Value;
        }

        return sum;
    }

    /// <summary>The compiler's iterator reads the thread's id from the environment.</summary>
    internal static IEnumerable<int> Iterates()
    {
        yield return 1;
        yield return 2;
    }
}
