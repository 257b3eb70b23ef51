using Aeamc.P2P.DeviceApi.Gateway;

namespace Aeamc.P2P.Testnet.Tests;

/// <summary>Statuses for tests, with nothing in them but what a test sets.</summary>
internal static class Statuses
{
    public static NodeStatus Empty { get; } = new()
    {
        Version = "0.1.0",
        Network = "testnet-1",
        ClusterId = 0,
        NodeId = new string('a', 64),
        PeerId = "",
        Ready = true,
        NotReadyReason = "",
        Height = 1,
        BlockHash = "",
        StateRoot = "",
        BlockTimestamp = 0,
        View = 1,
        Epoch = 0,
        Committee = [],
        Peers = 3,
        KnownPeers = 0,
        BannedPeers = 0,
        Pending = 0,
        EntriesAccepted = 0,
        ProofsAccepted = 0,
        Refused = new Dictionary<string, long>(),
        ProofsFinalized = 0,
        NullifiedViews = new Dictionary<string, long>(),
        NetworkRefusals = new Dictionary<string, long>(),
        LatencyBuckets = [],
        LatencyMilliseconds = [],
        GroupKey = "",
        KeyGeneration = "",
        CheckpointHeight = 0,
        Anchors = [],
        ResidentBytes = 0,
        UptimeSeconds = 0,
    };
}
