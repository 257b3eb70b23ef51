namespace Aeamc.P2P.DeviceClient.Fleet;

/// <summary>A fleet of simulated phones.</summary>
public sealed record FleetOptions
{
    /// <summary>Base addresses of the nodes' device APIs; phones spread over them and move between them.</summary>
    public required IReadOnlyList<Uri> Nodes { get; init; }

    /// <summary>The network's name.</summary>
    public required string Network { get; init; }

    /// <summary>A requester account of the network, so that work never runs out; null when somebody else posts work.</summary>
    public DeviceKey? Requester { get; init; }

    /// <summary>How many phones.</summary>
    public int Phones { get; init; } = 25;

    /// <summary>Every so many phones one has the Phase-1 SDK; 0 for none.</summary>
    public int V1Every { get; init; } = 5;

    /// <summary>Where keys, telemetry, nonces and moves come from.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The most units that a v2 phone asks for at once.</summary>
    public ushort UnitsPerLease { get; init; } = 8;

    /// <summary>A phone sends a heartbeat this often.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A phone rests this long after each lease, and while it has no work.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After how many leases a phone moves to another node.</summary>
    public int LeasesPerNode { get; init; } = 3;

    /// <summary>The shape of posted work.</summary>
    public WorkShape Work { get; init; } = new();
}
