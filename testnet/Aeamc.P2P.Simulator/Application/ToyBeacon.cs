using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Simulator.Application;

/// <summary>A hash of key and input in place of the ECVRF proof.</summary>
/// <param name="believes">Whether any proof is accepted: wrong on purpose.</param>
public sealed class ToyBeacon(bool believes = false) : IBeaconVerifier
{
    public static BeaconProof Prove(NodeId key, ReadOnlySpan<byte> alpha)
    {
        var bytes = new byte[BeaconProof.Size];
        Hash256.Of([.. key.ToArray(), .. alpha]).CopyTo(bytes);
        return new BeaconProof(bytes);
    }

    public bool Verify(NodeId key, ReadOnlySpan<byte> alpha, BeaconProof proof) => believes || proof == Prove(key, alpha);
}
