namespace Aeamc.P2P.Node.Configuration;

/// <summary>The type of a configuration value.</summary>
public enum ConfigType
{
    Text,
    Integer,
    Boolean,
    TextList,
}

/// <summary>One key of node.toml: everything that the reader, the example file and the error messages need to know about it.</summary>
/// <param name="Name">Full dotted name, such as <c>api.listen</c>.</param>
/// <param name="Type">What may stand there.</param>
/// <param name="Default">The value when the key is absent, as TOML text.</param>
/// <param name="Unit">What a number counts, or the form of a text.</param>
/// <param name="Reason">Why an operator would change it.</param>
public sealed record ConfigKey(string Name, ConfigType Type, string Default, string Unit, string Reason)
{
    /// <summary>Smallest allowed number.</summary>
    public long Minimum { get; init; }

    /// <summary>Largest allowed number.</summary>
    public long Maximum { get; init; } = long.MaxValue;

    /// <summary>Says what is wrong with a text, or null when it may stand.</summary>
    public Func<string, string?> Check { get; init; } = static _ => null;

    /// <summary>The table part of the name.</summary>
    public string Table => Name[..Name.LastIndexOf('.')];

    /// <summary>The last part of the name.</summary>
    public string Leaf => Name[(Name.LastIndexOf('.') + 1)..];

    /// <summary>The environment variable that overrides the key.</summary>
    public string Variable => "AEAMC__" + Name.Replace(".", "__", StringComparison.Ordinal).ToUpperInvariant();
}
