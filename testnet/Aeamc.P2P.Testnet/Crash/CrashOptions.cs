namespace Aeamc.P2P.Testnet.Crash;

/// <summary>What a kill sweep is to be.</summary>
public sealed record CrashOptions
{
    /// <summary>How often a node is killed before the sweep ends.</summary>
    public int Kills { get; init; } = 100;

    /// <summary>Victims, moments and places come from it; the processes' own timing does not.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Devices that post proofs all the while; what they were promised is looked up in the end.</summary>
    public int Devices { get; init; } = 16;

    /// <summary>The longest undisturbed time between two kills, in milliseconds; each is drawn anew.</summary>
    public int Pause { get; init; } = 600;

    /// <summary>Percent of the kills that strike at a named place between two steps of writing (<c>AEAMC_CRASH_AT</c>) instead of at any time.</summary>
    public int AtPoints { get; init; } = 40;

    /// <summary>Percent of the kills that take two nodes down at once, so that the network stands still until one is back.</summary>
    public int Double { get; init; } = 10;

    /// <summary>Percent of the kills after which the node is killed again while it starts, as often as the dice say so.</summary>
    public int Again { get; init; } = 50;

    /// <summary>Within this time after its start such a node is killed, in milliseconds; each time is drawn anew. Recovery takes longer: some die in the middle of it.</summary>
    public int AgainWithin { get; init; } = 1_500;

    /// <summary>Percent of the kills that take all nodes down at once, as a power failure does.</summary>
    public int All { get; init; } = 4;

    /// <summary>Where report.json goes; null writes none.</summary>
    public string? ReportFolder { get; init; }

    /// <summary>Where the network's files go; null makes a temporary folder, removed when all went well.</summary>
    public string? Folder { get; init; }
}
