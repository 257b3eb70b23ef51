namespace Aeamc.P2P.Mutations;

/// <summary>Whether the source still says what the list believes, so that the list cannot rot unnoticed.</summary>
internal static class Anchors
{
    /// <summary>What is wrong with a mutation in the tree at <paramref name="root"/>: each text must be in its file exactly once.</summary>
    internal static IEnumerable<string> Problems(Mutation mutation, string root)
    {
        foreach (Edit edit in mutation.Edits)
        {
            string path = Path.Combine(root, edit.File);
            if (!File.Exists(path))
            {
                yield return $"{mutation.Id}: there is no file {edit.File}";
                continue;
            }

            int found = Count(File.ReadAllText(path), edit.Find);
            if (found != 1)
            {
                yield return $"{mutation.Id}: the text to find is {found} times in {edit.File}, not once: {edit.Find.Trim()}";
            }
            else if (edit.Find == edit.Put)
            {
                yield return $"{mutation.Id}: changes nothing in {edit.File}";
            }
        }
    }

    private static int Count(string text, string part)
    {
        int count = 0;
        for (int at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + 1, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }
}
