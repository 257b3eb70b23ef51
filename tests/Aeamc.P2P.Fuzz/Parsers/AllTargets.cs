using Aeamc.P2P.Fuzz.Parsers.Libp2p;

namespace Aeamc.P2P.Fuzz.Parsers;

/// <summary>Every parser that a stranger can reach.</summary>
internal static class AllTargets
{
    public static IReadOnlyList<FuzzTarget> List { get; } =
    [
        .. MultiformatTargets.All, .. NegotiationTargets.All, .. NoiseTargets.All, YamuxTarget.Target, .. RpcTargets.All, IdentifyTarget.Target,
        .. DiscoveryTargets.All, .. ConsensusTargets.All, .. DeviceTargets.All,
    ];
}
