namespace Aeamc.P2P.Testnet.Network;

/// <summary>What a local network is made of.</summary>
public sealed record LocalTestnetOptions
{
    /// <summary>Where genesis.json, node-0, node-1, ... go. Must hold no network yet.</summary>
    public required string Folder { get; init; }

    public int Nodes { get; init; } = 4;

    /// <summary>All keys come from it.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The first node's HTTP port; the others follow.</summary>
    public required int ApiPort { get; init; }

    /// <summary>The first node's libp2p port; the others follow.</summary>
    public required int P2PPort { get; init; }

    /// <summary>The EVM chain to anchor on; null for the journal alone.</summary>
    public EvmSettings? Evm { get; init; }

    /// <summary>Environment variables of each node, besides this process's own.</summary>
    public Func<int, IReadOnlyDictionary<string, string>> NodeEnvironment { get; init; } = _ => new Dictionary<string, string>();

    /// <summary>The node's executable; null for the one beside this program.</summary>
    public string? Binary { get; init; }
}

/// <summary>The EVM chain that nodes anchor on.</summary>
/// <param name="Rpc">Its JSON-RPC.</param>
/// <param name="Contract">0x and 40 hexadecimal digits.</param>
/// <param name="Wallets">Private keys, 64 hexadecimal digits, one for each node.</param>
public sealed record EvmSettings(Uri Rpc, string Contract, IReadOnlyList<string> Wallets);
