namespace Aeamc.P2P.Node.Configuration;

/// <summary>The operator's configuration is wrong. The message names the file, the line, the key and the mend, and is shown as it is.</summary>
public sealed class ConfigException(string message) : Exception(message)
{
    /// <summary>A fault at a place of a file: <c>node.toml:12: api.listen: what is wrong. What to do.</c></summary>
    public static ConfigException At(string file, int line, string key, string wrong, string mend) =>
        new(key.Length == 0 ? $"{file}:{line}: {wrong} {mend}" : $"{file}:{line}: {key}: {wrong} {mend}");
}
