using System.Globalization;

namespace Aeamc.P2P.Node.Configuration;

/// <summary>Reads node.toml and the environment over the schema's defaults.</summary>
public static class ConfigLoader
{
    /// <summary>Loads a configuration file.</summary>
    /// <param name="path">The file. Relative paths inside it are taken from its folder.</param>
    /// <param name="environment">Variables by name; only those that begin with <c>AEAMC__</c> are looked at.</param>
    /// <exception cref="ConfigException">The file is missing or something in it, or in the environment, cannot stand.</exception>
    public static NodeConfig Load(string path, IReadOnlyDictionary<string, string> environment)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (IOException fault)
        {
            throw new ConfigException($"{path}: the configuration cannot be read ({fault.Message}) Make one with `aeamc init`, or name it with --config.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new ConfigException($"{path}: no permission to read the configuration. Run as its owner, or chown it.");
        }

        return Parse(path, text, environment);
    }

    /// <summary>Parses the text of a configuration file; <paramref name="path"/> names it in errors and anchors relative paths.</summary>
    public static NodeConfig Parse(string path, string text, IReadOnlyDictionary<string, string> environment)
    {
        var byName = ConfigSchema.Keys.ToDictionary(key => key.Name, StringComparer.Ordinal);
        var values = new Dictionary<string, TomlValue>(StringComparer.Ordinal);
        foreach ((string name, TomlValue value) in TomlReader.Read(path, text))
        {
            if (!byName.TryGetValue(name, out ConfigKey? key))
            {
                throw ConfigException.At(path, value.Line, name, "There is no such key.", Suggestion(name));
            }

            Validate(path, key, value);
            values[name] = value;
        }

        foreach ((string variable, string setting) in environment)
        {
            if (variable.StartsWith("AEAMC__", StringComparison.Ordinal))
            {
                ConfigKey key = ConfigSchema.Keys.FirstOrDefault(k => k.Variable == variable)
                    ?? throw new ConfigException($"environment: {variable}: There is no such key. node.toml.example lists the variable of each key.");
                TomlValue value = FromVariable(key, setting);
                Validate($"environment variable {variable}", key, value);
                values[key.Name] = value;
            }
        }

        return new NodeConfig(path, values);
    }

    /// <summary>The TOML value of a schema default.</summary>
    internal static TomlValue DefaultOf(ConfigKey key) => TomlReader.Read("default", $"value = {key.Default}")[0].Value;

    private static TomlValue FromVariable(ConfigKey key, string setting) => key.Type switch
    {
        ConfigType.Text => new TomlString(setting, 0),
        ConfigType.TextList => new TomlArray([.. setting.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(item => new TomlString(item, 0))], 0),
        ConfigType.Integer when long.TryParse(setting, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => new TomlInteger(number, 0),
        ConfigType.Boolean when setting is "true" or "false" => new TomlBoolean(setting == "true", 0),
        ConfigType.Integer => throw new ConfigException($"environment: {key.Variable}: '{setting}' is no whole number. Write digits only."),
        _ => throw new ConfigException($"environment: {key.Variable}: '{setting}' is no boolean. Write true or false."),
    };

    private static void Validate(string file, ConfigKey key, TomlValue value)
    {
        switch (key.Type, value)
        {
            case (ConfigType.Text, TomlString text):
                CheckText(text);
                break;
            case (ConfigType.TextList, TomlArray list):
                foreach (TomlValue item in list.Items)
                {
                    CheckText(item as TomlString
                        ?? throw ConfigException.At(file, item.Line, key.Name, $"The list holds {item.Kind}.", "Put only quoted texts into it."));
                }

                break;
            case (ConfigType.Integer, TomlInteger number):
                if (number.Value < key.Minimum || number.Value > key.Maximum)
                {
                    throw ConfigException.At(file, value.Line, key.Name,
                        string.Create(CultureInfo.InvariantCulture, $"{number.Value} is out of range."),
                        string.Create(CultureInfo.InvariantCulture, $"Choose {key.Minimum} to {key.Maximum} {key.Unit}."));
                }

                break;
            case (ConfigType.Boolean, TomlBoolean):
                break;
            default:
                throw ConfigException.At(file, value.Line, key.Name, $"{Capital(value.Kind)} stands where {Wanted(key.Type)} is wanted.",
                    $"Write for example  {key.Leaf} = {key.Default}");
        }

        void CheckText(TomlString text)
        {
            if (key.Check(text.Value) is { } wrong)
            {
                throw ConfigException.At(file, text.Line, key.Name, wrong, $"Write {key.Unit}.");
            }
        }
    }

    private static string Suggestion(string name)
    {
        ConfigKey nearest = ConfigSchema.Keys.MinBy(key => Distance(key.Name, name))!;
        return Distance(nearest.Name, name) <= 3 ? $"Did you mean {nearest.Name}?" : "node.toml.example lists every key.";
    }

    /// <summary>Levenshtein distance: how many letters were mistyped.</summary>
    private static int Distance(string a, string b)
    {
        int[] previous = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] current = new int[b.Length + 1];
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(change, Math.Min(previous[j], current[j - 1]) + 1);
            }

            previous = current;
        }

        return previous[^1];
    }

    private static string Wanted(ConfigType type) => type switch
    {
        ConfigType.Text => "a string",
        ConfigType.Integer => "an integer",
        ConfigType.Boolean => "a boolean",
        _ => "an array of strings",
    };

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
