using System.Globalization;
using System.Net;
using System.Text;

namespace Aeamc.P2P.Node.Configuration;

/// <summary>
/// Every key of node.toml, once. The reader refuses what is not here, and <c>node.toml.example</c> is this list written out (a test holds
/// the two together). Values that all nodes must share are network parameters in the genesis file, never keys here.
/// </summary>
public static class ConfigSchema
{
    public static IReadOnlyList<ConfigKey> Keys { get; } =
    [
        new("node.data_dir", ConfigType.Text, "\"data\"", "a folder; relative to this file",
            "Keys, chain, log. Put it on a durable disk with room for the chain; it is made with permissions 0700.") { Check = NotEmpty },
        new("node.log_level", ConfigType.Text, "\"info\"", "trace, debug, info, warn or error",
            "info says what an operator needs; debug says every message.") { Check = LogLevel },
        new("node.verify_threads", ConfigType.Integer, "1", "threads",
            "Signature checks run beside the consensus loop. One thread checks about 18,000 proofs a second, more with AVX-512.") { Minimum = 1, Maximum = 64 },

        new("network.genesis", ConfigType.Text, "\"genesis.json\"", "a file; relative to this file",
            "The network's name, committee and parameters. Every node of a network has the same file.") { Check = NotEmpty },

        new("p2p.listen", ConfigType.TextList, "[\"/ip4/0.0.0.0/tcp/9000\"]", "multiaddresses",
            "Where other nodes reach this one. Open these ports in the firewall.") { Check = Multiaddress },
        new("p2p.peers", ConfigType.TextList, "[]", "multiaddresses ending in /p2p/<peer id>",
            "Nodes to dial at start, besides the addresses in the genesis file.") { Check = Multiaddress },
        new("p2p.max_connections", ConfigType.Integer, "256", "connections",
            "A cap on memory and file handles. From seven eighths of it on, the peers worth least are let go. Committee members are always let in.") { Minimum = 4, Maximum = 65_535 },
        new("p2p.max_connections_per_ip", ConfigType.Integer, "16", "connections",
            "Holds back one machine with many identities. Committee members are always let in.") { Minimum = 1, Maximum = 65_535 },
        new("p2p.discovery", ConfigType.Boolean, "true", "",
            "Ask peers whom they know, dial some of these, and remember them in data_dir/peers. Off: only the peers named here and in the genesis file."),
        new("p2p.target_peers", ConfigType.Integer, "32", "connected peers",
            "While there are fewer, known peers are dialled.") { Minimum = 1, Maximum = 65_535 },
        new("p2p.dial_private_addresses", ConfigType.Boolean, "false", "",
            "Whether addresses such as 10.0.0.1 that peers tell are dialled. Turn it on only where all nodes share one site."),
        new("p2p.exempt_networks", ConfigType.TextList, "[\"127.0.0.0/8\", \"::1/128\"]", "networks as address/bits",
            "No limits per second and per subnet for these: many nodes on one machine or behind one proxy.") { Check = Network },

        new("api.listen", ConfigType.Text, "\"127.0.0.1:8080\"", "address:port",
            "Where devices connect, and the status page. Use 0.0.0.0:8080 to serve other machines.") { Check = EndPoint },
        new("api.register_per_hour", ConfigType.Integer, "3", "registrations per IP address and hour",
            "Holds back a flood of made-up devices. A testnet on loopback raises it.") { Minimum = 1, Maximum = 100_000_000 },
        new("api.messages_per_minute", ConfigType.Integer, "100", "posts per device and minute",
            "Holds back one loud device. A testnet under load raises it.") { Minimum = 1, Maximum = 100_000_000 },
        new("api.reads_per_minute", ConfigType.Integer, "60", "explanations, and as many looks at /metrics, per IP address and minute",
            "Holds back whoever asks for what is costly to answer. A testnet on loopback raises it.") { Minimum = 1, Maximum = 100_000_000 },
        new("api.max_body_bytes", ConfigType.Integer, "65536", "bytes",
            "The largest request that is read.") { Minimum = 1024, Maximum = 1_048_576 },

        new("storage.sync_commits", ConfigType.Boolean, "true", "",
            "Each block reaches the disk before it is announced. Turn it off only to measure what that costs."),
        new("storage.cache_mb", ConfigType.Integer, "16", "MiB",
            "Read cache of the database. More helps a node that serves many old blocks.") { Minimum = 1, Maximum = 65_536 },
        new("storage.prune_budget_mb", ConfigType.Integer, "0", "MiB",
            "0 is an archive: every block is kept. Else the oldest blocks go when the store outgrows this; state, checkpoints and the newest 1,024 blocks stay.") { Minimum = 0, Maximum = 1_048_576 },
        new("storage.start", ConfigType.Text, "\"blocks\"", "blocks or snapshot",
            "How an empty store is filled: all blocks since genesis, executed one by one, or the newest checkpointed state, proven, and the blocks after it.") { Check = Start },

        new("storage.reserve_mb", ConfigType.Integer, "64", "MiB",
            "With less room than this on the disk of data_dir the node stops voting and taking entries, until some more is free again.") { Minimum = 1, Maximum = 1 << 26 },
        new("storage.wal_segment_kb", ConfigType.Integer, "4096", "KiB",
            "Size of one file of the consensus log, written ahead so that a vote's sync changes no metadata.") { Minimum = 16, Maximum = 1_048_576 },

        new("anchor.journal", ConfigType.Boolean, "true", "",
            "Append every co-signed checkpoint to data_dir/anchors.journal, which `aeamc verify` accepts."),
        new("anchor.rpc_urls", ConfigType.TextList, "[]", "http(s) URLs of one EVM chain's JSON-RPC",
            "Several are tried in order. Empty: this node sends no anchors and is still a full member.") { Check = HttpUrl },
        new("anchor.contract", ConfigType.Text, "\"\"", "0x and 40 hexadecimal digits",
            "The address of AeamcAnchor on that chain.") { Check = ContractAddress },
        new("anchor.wallet_key_file", ConfigType.Text, "\"\"", "a file with 64 hexadecimal digits, permissions 0600; relative to this file",
            "The account that pays for anchors. Empty: this node watches the contract and sends nothing."),
        new("anchor.confirmations", ConfigType.Integer, "2", "blocks",
            "How deep an anchor must lie before it counts as done.") { Minimum = 1, Maximum = 10_000 },
        new("anchor.max_fee_gwei", ConfigType.Integer, "200", "gwei per gas",
            "An anchor never pays more. Waiting is safe: consensus does not depend on it.") { Minimum = 1, Maximum = 1_000_000 },
    ];

    /// <summary>The text of node.toml.example.</summary>
    public static string RenderExample()
    {
        var text = new StringBuilder();
        text.Append("# Configuration of one Aeamc.P2P node. Every key is shown with its default; delete what you do not change.\n");
        text.Append("# A key may also be set by an environment variable, named beside it, which wins over this file.\n");
        text.Append("# Unknown keys, wrong types and impossible values stop the start and are named with file and line.\n");
        string table = "";
        foreach (ConfigKey key in Keys)
        {
            if (key.Table != table)
            {
                table = key.Table;
                text.Append(CultureInfo.InvariantCulture, $"\n[{table}]\n");
            }

            string type = key.Type switch
            {
                ConfigType.Text => "text",
                ConfigType.Integer => "number",
                ConfigType.Boolean => "true or false",
                _ => "list of text",
            };
            string range = key.Type == ConfigType.Integer ? string.Create(CultureInfo.InvariantCulture, $", {key.Minimum} to {key.Maximum}") : "";
            string unit = key.Unit.Length > 0 ? $" ({key.Unit})" : "";
            text.Append(CultureInfo.InvariantCulture, $"# {key.Reason}\n# {type}{unit}{range}; {key.Variable}\n{key.Leaf} = {key.Default}\n");
        }

        return text.ToString();
    }

    private static string? NotEmpty(string text) => text.Length == 0 ? "The text is empty." : null;

    private static string? LogLevel(string text) => text is "trace" or "debug" or "info" or "warn" or "error" ? null : $"'{text}' is no level.";

    private static string? Start(string text) => text is "blocks" or "snapshot" ? null : $"'{text}' is no way to start.";

    private static string? EndPoint(string text) =>
        IPEndPoint.TryParse(text, out _) && text.Contains(':', StringComparison.Ordinal) ? null : $"'{text}' is no address with a port.";

    private static string? Multiaddress(string text) =>
        text.StartsWith("/ip4/", StringComparison.Ordinal) || text.StartsWith("/ip6/", StringComparison.Ordinal) || text.StartsWith("/dns", StringComparison.Ordinal)
            ? null
            : $"'{text}' is no multiaddress.";

    private static string? Network(string text) => IPNetwork.TryParse(text, out _) ? null : $"'{text}' is no network.";

    private static string? HttpUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && (url.Scheme is "http" or "https") ? null : $"'{text}' is no http URL.";

    private static string? ContractAddress(string text) =>
        text.Length == 0 || (text.Length == 42 && text.StartsWith("0x", StringComparison.Ordinal) && text.AsSpan(2).IndexOfAnyExcept(HexDigits) < 0)
            ? null
            : $"'{text}' is no contract address.";

    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");
}
