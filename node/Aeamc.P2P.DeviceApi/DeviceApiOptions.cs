namespace Aeamc.P2P.DeviceApi;

/// <summary>The bounds of the HTTP interface. The defaults are those of a public network; a testnet on loopback raises them.</summary>
public sealed record DeviceApiOptions
{
    /// <summary>Registrations that one IP address may send per hour.</summary>
    public int RegisterPerHour { get; init; } = 3;

    /// <summary>Signed messages, or Phase-1 calls, that one device may send per minute.</summary>
    public int MessagesPerMinute { get; init; } = 100;

    /// <summary>Explanations that one IP address may ask for per minute, and as many looks at what else the host serves behind this limit.</summary>
    public int ReadsPerMinute { get; init; } = 60;

    /// <summary>The longest request body in bytes.</summary>
    public int MaxBodyBytes { get; init; } = 64 * 1024;

    /// <summary>Event streams open at one time.</summary>
    public int MaxEventStreams { get; init; } = 256;

    /// <summary>How long a call that waits for a block waits at most.</summary>
    public TimeSpan BlockWait { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How many clients each limit remembers; a table that is full forgets its older half.</summary>
    public int MaxTrackedClients { get; init; } = 131_072;

    /// <summary>Where the host serves a page for people, so that <c>/</c> can link to it; null when it serves none.</summary>
    public string? DashboardPath { get; init; }
}
