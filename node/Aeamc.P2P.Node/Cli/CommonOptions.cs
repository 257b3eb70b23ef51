using System.Collections;
using System.CommandLine;

namespace Aeamc.P2P.Node.Cli;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<string> Config() => new("--config", "-c")
    {
        Description = "The node's configuration file.",
        DefaultValueFactory = _ => "node.toml",
    };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON for machines." };

    /// <summary>The process's environment variables.</summary>
    public static Dictionary<string, string> Environment() =>
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? "", StringComparer.Ordinal);
}
