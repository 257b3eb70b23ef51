namespace Aeamc.P2P.Mutations;

/// <summary>The tree that this program was built in.</summary>
internal static class Repository
{
    /// <summary>The nearest folder above the program that holds the solution.</summary>
    internal static string Find()
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
