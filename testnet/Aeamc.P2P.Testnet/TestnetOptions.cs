namespace Aeamc.P2P.Testnet;

/// <summary>Where checkpoints are anchored.</summary>
public enum ChainChoice
{
    /// <summary>A local EVM chain that is started beside the nodes.</summary>
    Anvil,

    /// <summary>Each node's own journal file, nothing else.</summary>
    Journal,
}

/// <summary>What one run of the testnet is to be.</summary>
public sealed record TestnetOptions
{
    public const int MaxNodes = 32;
    public const int MaxDevices = 10_000;

    /// <summary>A run shorter than this need not have reached an anchor.</summary>
    public static readonly TimeSpan AnchorExpectedAfter = TimeSpan.FromSeconds(45);

    public int Nodes { get; init; } = 4;

    /// <summary>Simulated phones that really execute tasks.</summary>
    public int Devices { get; init; } = 25;

    /// <summary>Null runs until Ctrl-C.</summary>
    public TimeSpan? Duration { get; init; }

    public LoadTarget Load { get; init; } = LoadTarget.None;

    public ulong Seed { get; init; } = 1;

    public ChainChoice Chain { get; init; } = ChainChoice.Anvil;

    /// <summary>Where report.json and report.md go; null writes none.</summary>
    public string? ReportFolder { get; init; }

    /// <summary>Where the network's files go; null makes a temporary folder.</summary>
    public string? Folder { get; init; }

    /// <summary>Leaves a temporary folder in place also when all went well.</summary>
    public bool Keep { get; init; }

    public int ApiPort { get; init; } = 18_080;

    public int P2PPort { get; init; } = 19_000;

    /// <summary>Whether any proofs are to be expected.</summary>
    public bool ProofsWanted => Devices > 0 || Load.Wanted;
}
