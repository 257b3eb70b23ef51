namespace Aeamc.P2P.Fuzz.Parsers;

/// <summary>Every parser that a stranger can reach.</summary>
internal static class AllTargets
{
    public static IReadOnlyList<FuzzTarget> List { get; } = [.. Libp2pTargets.All, .. DiscoveryTargets.All, .. ConsensusTargets.All, .. DeviceTargets.All];
}
