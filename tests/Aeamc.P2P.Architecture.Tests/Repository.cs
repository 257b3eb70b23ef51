namespace Aeamc.P2P.Architecture.Tests;

/// <summary>The checked-out tree that these tests read.</summary>
internal static class Repository
{
    private static readonly string[] Foreign = ["artifacts", "node_modules", "bin", "obj"];

    internal static string Root { get; } = FindRoot();

    /// <summary>Files of the project by the end of their name, below a folder of the root; nothing built or installed.</summary>
    internal static IEnumerable<string> Files(string folder, string ending)
    {
        string start = Path.Combine(Root, folder);
        return Walk(new DirectoryInfo(start)).Where(path => path.EndsWith(ending, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
    }

    internal static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static IEnumerable<string> Walk(DirectoryInfo folder)
    {
        foreach (FileInfo file in folder.EnumerateFiles())
        {
            yield return file.FullName;
        }

        foreach (DirectoryInfo child in folder.EnumerateDirectories().Where(child => !Foreign.Contains(child.Name) && !child.Name.StartsWith('.')))
        {
            foreach (string path in Walk(child))
            {
                yield return path;
            }
        }
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Aeamc.P2P.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No Aeamc.P2P.sln above {AppContext.BaseDirectory}.");
    }
}
