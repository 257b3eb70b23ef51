namespace Aeamc.P2P.Libp2p.Discovery;

/// <summary>How a host finds peers beyond those it was told, and its bounds.</summary>
public sealed record DiscoveryOptions
{
    /// <summary>Connected peers wanted; below it known peers are dialled.</summary>
    public int TargetPeers { get; init; } = 32;

    /// <summary>Dials under way at once.</summary>
    public int MaxDials { get; init; } = 8;

    /// <summary>Peers that we dialled in one region of the address space (IPv4 /16, IPv6 /32), as long as others are known. Private addresses are not counted.</summary>
    public int MaxDialledPerRegion { get; init; } = 4;

    /// <summary>The file that keeps the address book over restarts; null keeps it in memory only.</summary>
    public string? AddressBookFile { get; init; }

    /// <summary>How often a changed address book is written.</summary>
    public TimeSpan SaveInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Peers remembered at most.</summary>
    public int MaxPeers { get; init; } = 1024;

    /// <summary>Peers remembered on one peer's word, until we have reached them.</summary>
    public int MaxPeersPerSource { get; init; } = 64;

    /// <summary>Unreached peers remembered in one region of the address space; private addresses are not counted.</summary>
    public int MaxPeersPerRegion { get; init; } = 64;

    /// <summary>The first pause after a failed dial; doubles up to <see cref="RedialMaximum"/>, each with jitter.</summary>
    public TimeSpan RedialMinimum { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest pause after failed dials.</summary>
    public TimeSpan RedialMaximum { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Failures in a row after which a peer that we never reached is forgotten; one that we did reach gets four times as many.</summary>
    public int ForgetAfterFailures { get; init; } = 8;

    /// <summary>Pause between two questions to one peer while more peers are wanted.</summary>
    public TimeSpan AskInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Pause between two questions to one peer while there are enough.</summary>
    public TimeSpan AskIntervalWhenSatisfied { get; init; } = TimeSpan.FromMinutes(5);
}
