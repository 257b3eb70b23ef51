using System.Net;

namespace Aeamc.P2P.Node.Configuration;

/// <summary>One node's settings, validated. Absent keys have the schema's defaults.</summary>
public sealed class NodeConfig
{
    private readonly IReadOnlyDictionary<string, TomlValue> _values;
    private readonly string _folder;

    internal NodeConfig(string path, IReadOnlyDictionary<string, TomlValue> values)
    {
        Path = System.IO.Path.GetFullPath(path);
        _folder = System.IO.Path.GetDirectoryName(Path)!;
        _values = values;
    }

    /// <summary>The file that this came from.</summary>
    public string Path { get; }

    public string DataDirectory => FilePath("node.data_dir");

    public string LogLevel => Text("node.log_level");

    public int VerifyThreads => Number("node.verify_threads");

    public string GenesisFile => FilePath("network.genesis");

    public IReadOnlyList<string> P2PListen => List("p2p.listen");

    public IReadOnlyList<string> P2PPeers => List("p2p.peers");

    public int MaxConnections => Number("p2p.max_connections");

    public int MaxConnectionsPerIp => Number("p2p.max_connections_per_ip");

    public bool Discovery => Flag("p2p.discovery");

    public int TargetPeers => Number("p2p.target_peers");

    public bool DialPrivateAddresses => Flag("p2p.dial_private_addresses");

    public IReadOnlyList<IPNetwork> ExemptNetworks => [.. List("p2p.exempt_networks").Select(IPNetwork.Parse)];

    public IPEndPoint ApiListen => IPEndPoint.Parse(Text("api.listen"));

    public int RegisterPerHour => Number("api.register_per_hour");

    public int MessagesPerMinute => Number("api.messages_per_minute");

    public int ReadsPerMinute => Number("api.reads_per_minute");

    public int MaxBodyBytes => Number("api.max_body_bytes");

    public bool SyncCommits => Flag("storage.sync_commits");

    public int CacheMegabytes => Number("storage.cache_mb");

    /// <summary>Less free than this on the data folder's disk counts as full.</summary>
    public long ReserveBytes => (long)Number("storage.reserve_mb") << 20;

    /// <summary>Bytes of one file of the consensus log.</summary>
    public int WalSegmentBytes => checked(Number("storage.wal_segment_kb") << 10);

    /// <summary>How large the store may grow; 0 keeps everything.</summary>
    public long PruneBudgetBytes => Number("storage.prune_budget_mb") * 1024L * 1024;

    /// <summary>Whether an empty store is filled from a snapshot.</summary>
    public bool StartsFromSnapshot => Text("storage.start") == "snapshot";

    public bool AnchorJournal => Flag("anchor.journal");

    public IReadOnlyList<string> AnchorRpcUrls => List("anchor.rpc_urls");

    /// <summary>The contract's address, or null when none is set.</summary>
    public string? AnchorContract => NullWhenEmpty(Text("anchor.contract"));

    /// <summary>The wallet's key file, or null when this node sends no anchors.</summary>
    public string? AnchorWalletKeyFile => Text("anchor.wallet_key_file").Length == 0 ? null : FilePath("anchor.wallet_key_file");

    public int AnchorConfirmations => Number("anchor.confirmations");

    public int AnchorMaxFeeGwei => Number("anchor.max_fee_gwei");

    private static string? NullWhenEmpty(string text) => text.Length == 0 ? null : text;

    private TomlValue Value(string name) =>
        _values.TryGetValue(name, out TomlValue? value) ? value : ConfigLoader.DefaultOf(ConfigSchema.Keys.First(key => key.Name == name));

    private string Text(string name) => ((TomlString)Value(name)).Value;

    private int Number(string name) => checked((int)((TomlInteger)Value(name)).Value);

    private bool Flag(string name) => ((TomlBoolean)Value(name)).Value;

    private string[] List(string name) => [.. ((TomlArray)Value(name)).Items.Select(item => ((TomlString)item).Value)];

    private string FilePath(string name) => System.IO.Path.GetFullPath(Text(name), _folder);
}
