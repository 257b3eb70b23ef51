namespace Aeamc.P2P.Testnet.Network;

/// <summary>Finds the node's executable.</summary>
public static class NodeBinary
{
    private const string Name = "aeamc";

    /// <summary>The path of <c>aeamc</c> beside this program, where the build puts it.</summary>
    /// <exception cref="TestnetException">It is not there.</exception>
    public static string Find() => Find(AppContext.BaseDirectory);

    internal static string Find(string folder)
    {
        string path = Path.Combine(folder, Name);
        return File.Exists(path)
            ? path
            : throw new TestnetException($"The node's executable is not at {path}. Build it: dotnet build testnet/Aeamc.P2P.Testnet, or start testnet/up, which builds it.");
    }
}
