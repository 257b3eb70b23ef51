namespace Aeamc.P2P.Node.Configuration;

/// <summary>A TOML value with the line where it stands, so that a later complaint can name its place.</summary>
public abstract record TomlValue(int Line)
{
    /// <summary>What the value is, as the operator would say it.</summary>
    public abstract string Kind { get; }
}

public sealed record TomlString(string Value, int Line) : TomlValue(Line)
{
    public override string Kind => "a string";
}

public sealed record TomlInteger(long Value, int Line) : TomlValue(Line)
{
    public override string Kind => "an integer";
}

public sealed record TomlBoolean(bool Value, int Line) : TomlValue(Line)
{
    public override string Kind => "a boolean";
}

public sealed record TomlArray(IReadOnlyList<TomlValue> Items, int Line) : TomlValue(Line)
{
    public override string Kind => "an array";
}
