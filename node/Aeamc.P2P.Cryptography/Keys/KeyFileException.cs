namespace Aeamc.P2P.Cryptography.Keys;

/// <summary>A key file cannot be used. The message is one sentence or two for the operator: which file, what is wrong, how to mend it.</summary>
public sealed class KeyFileException : Exception
{
    public KeyFileException(string path, string problem, string mend)
        : base($"Key file '{path}' {problem}. {mend}") => Path = path;

    public KeyFileException(string path, string problem, string mend, Exception cause)
        : base($"Key file '{path}' {problem}. {mend}", cause) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }
}
