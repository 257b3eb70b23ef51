using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Chain;

/// <summary>The block rules' port to <see cref="Ecvrf"/>.</summary>
public sealed class BeaconVerifier : IBeaconVerifier
{
    public bool Verify(NodeId key, ReadOnlySpan<byte> alpha, BeaconProof proof)
    {
        Span<byte> bytes = stackalloc byte[NodeId.Size];
        key.CopyTo(bytes);
        return Ecvrf.Verify(bytes, alpha, proof.ToArray(), out _);
    }
}
