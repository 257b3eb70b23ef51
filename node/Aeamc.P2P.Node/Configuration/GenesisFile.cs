using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Configuration;

/// <summary>
/// genesis.json: the genesis document as people read and exchange it. What nodes compare is the hash of the document's canonical encoding, so
/// layout and order of the JSON do not matter.
/// </summary>
public static class GenesisFile
{
    private const int MaximumBytes = 1024 * 1024;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>A key that stands twice is a mistake of whoever wrote the file.</summary>
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The JSON text of a document.</summary>
    public static string Render(GenesisDocument document)
    {
        var parameters = new JsonObject();
        foreach ((string name, PropertyInfo property) in ParameterNames())
        {
            parameters[name] = (ulong)property.GetValue(document.Parameters)!;
        }

        var root = new JsonObject
        {
            ["network"] = document.NetworkName,
            ["cluster_id"] = document.ClusterId,
            ["start"] = document.Start.Milliseconds,
            ["committee"] = new JsonArray([.. document.Committee.Select(member => (JsonNode)new JsonObject
            {
                ["node"] = member.Id.ToString(),
                ["dkg_key"] = Convert.ToHexStringLower(member.DkgKey.Span),
                ["label"] = member.Label,
                ["address"] = member.Address,
            })]),
            ["parameters"] = parameters,
            ["requesters"] = new JsonArray([.. document.Requesters.Select(key => (JsonNode)Convert.ToHexStringLower(key.ToArray()))]),
        };
        return root.ToJsonString(Indented) + "\n";
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigException">It is missing, no JSON, or not a sound genesis document; the message names the key and the mend.</exception>
    public static GenesisDocument Load(string path)
    {
        byte[] bytes;
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > MaximumBytes)
            {
                throw new ConfigException($"{path}: The file is larger than {MaximumBytes} bytes. Is it the right one?");
            }

            bytes = File.ReadAllBytes(path);
        }
        catch (IOException fault)
        {
            throw new ConfigException($"{path}: the genesis file cannot be read ({fault.Message}) Get it from the network's operators, or make a testnet with `aeamc testnet init`.");
        }

        return Parse(path, Encoding.UTF8.GetString(bytes));
    }

    /// <summary>Parses the text of a genesis file; <paramref name="path"/> names it in errors.</summary>
    public static GenesisDocument Parse(string path, string text)
    {
        try
        {
            JsonObject root = JsonNode.Parse(text, documentOptions: Strict) as JsonObject ?? throw new FormatException("The top of the file must be an object.");
            var document = new GenesisDocument(
                Required<string>(root, "network"),
                Required<uint>(root, "cluster_id"),
                new Timestamp(Required<ulong>(root, "start")),
                [.. Items(root, "committee").Select(Member)],
                Parameters(root["parameters"] as JsonObject ?? throw new FormatException("parameters: An object is wanted.")),
                [.. Items(root, "requesters").Select(Requester)]);
            return document.Problem() is { } problem ? throw new FormatException(problem) : document;
        }
        catch (Exception fault) when (fault is FormatException or JsonException or InvalidOperationException)
        {
            throw new ConfigException($"{path}: {fault.Message} All nodes of a network need the same file: get it from its operators.");
        }
    }

    private static GenesisMember Member(JsonNode? node)
    {
        JsonObject member = node as JsonObject ?? throw new FormatException("committee: Each member must be an object.");
        if (!NodeId.TryParse(Required<string>(member, "node"), out NodeId id))
        {
            throw new FormatException("committee: node must be 64 hexadecimal digits, as `aeamc init` prints them.");
        }

        return new GenesisMember(id, Required<string>(member, "label"), Required<string>(member, "address")) { DkgKey = Hex(member, "dkg_key") };
    }

    private static PublicKey Requester(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? hex) && PublicKey.TryParse(FromHex(hex, "requesters"), out PublicKey key)
            ? key
            : throw new FormatException("requesters: Each must be a public key of 32 (Ed25519) or 33 (P-256) bytes in hexadecimal.");

    private static NetworkParameters Parameters(JsonObject given)
    {
        NetworkParameters parameters = NetworkParameters.Default with { };
        var known = ParameterNames().ToDictionary(pair => pair.Name, pair => pair.Property, StringComparer.Ordinal);
        foreach ((string name, JsonNode? value) in given)
        {
            if (!known.TryGetValue(name, out PropertyInfo? property))
            {
                throw new FormatException($"parameters.{name}: There is no such parameter.");
            }

            property.SetValue(parameters, Required<ulong>(given, name));
        }

        return parameters;
    }

    /// <summary>The parameters as snake_case names, in order of declaration.</summary>
    private static IEnumerable<(string Name, PropertyInfo Property)> ParameterNames() =>
        typeof(NetworkParameters).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.PropertyType == typeof(ulong) && property.CanWrite)
            .Select(property => (JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name), property));

    private static IEnumerable<JsonNode?> Items(JsonObject owner, string name) =>
        owner[name] as JsonArray ?? throw new FormatException($"{name}: A list is wanted.");

    private static byte[] Hex(JsonObject owner, string name) => FromHex(Required<string>(owner, name), name);

    private static byte[] FromHex(string text, string name)
    {
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException)
        {
            throw new FormatException($"{name}: Hexadecimal digits are wanted.");
        }
    }

    private static T Required<T>(JsonObject owner, string name) =>
        owner[name] is JsonValue value && value.TryGetValue(out T? read) && read is not null
            ? read
            : throw new FormatException($"{name}: {(typeof(T) == typeof(string) ? "A text" : "A whole number, not negative,")} is wanted.");
}
