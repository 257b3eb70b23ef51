using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>Port: checks a proposer's ECVRF proof (RFC 9381, edwards25519-SHA512-TAI). A pure function of its arguments.</summary>
public interface IBeaconVerifier
{
    /// <summary>Whether <paramref name="proof"/> is that of <paramref name="key"/> over <paramref name="alpha"/> (<see cref="BeaconAlpha"/>).</summary>
    bool Verify(NodeId key, ReadOnlySpan<byte> alpha, BeaconProof proof);
}
