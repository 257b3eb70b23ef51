namespace Aeamc.P2P.DeviceClient.Load;

/// <summary>Synthetic devices that post as many signed proofs as asked.</summary>
public sealed record LoadOptions
{
    /// <summary>Base addresses (http only) of the nodes' device APIs; devices spread over them.</summary>
    public required IReadOnlyList<Uri> Nodes { get; init; }

    /// <summary>The network's name.</summary>
    public required string Network { get; init; }

    /// <summary>A requester account of the network.</summary>
    public required DeviceKey Requester { get; init; }

    /// <summary>Posts per second over all nodes; null for as many as the nodes take.</summary>
    public double? PerSecond { get; init; }

    /// <summary>Registered devices; each can be working on one lease.</summary>
    public int Devices { get; init; } = 64;

    /// <summary>The units that a device asks for at once: the network's largest lease.</summary>
    public ushort UnitsPerLease { get; init; } = 256;

    /// <summary>Keep-alive connections to each node; each has one post in flight.</summary>
    public int ConnectionsPerNode { get; init; } = 24;

    /// <summary>Signed posts that wait for a connection to a node, at most.</summary>
    public int PreparedPerNode { get; init; } = 512;

    /// <summary>Steps of one unit: few, for what is measured is the network.</summary>
    public uint Steps { get; init; } = 4;

    /// <summary>Where keys and nonces come from.</summary>
    public ulong Seed { get; init; } = 1;
}
