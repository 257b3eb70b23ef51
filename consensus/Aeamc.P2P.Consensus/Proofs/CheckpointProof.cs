using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Proofs;

/// <summary>The way from a block up to a co-signed checkpoint at or above it.</summary>
/// <remarks>MessagePack: [chain proof, signed checkpoint].</remarks>
public sealed record CheckpointProof(ChainProof Chain, SignedCheckpoint Signed)
{
    public void Encode(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        Chain.Encode(ref writer);
        Signed.Encode(ref writer);
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; false on anything else.</summary>
    public static bool TryDecode(ref MessagePackReader reader, [NotNullWhen(true)] out CheckpointProof? proof)
    {
        proof = null;
        if (!reader.TryReadArrayHeader(2) || !ChainProof.TryDecode(ref reader, out ChainProof? chain)
            || !SignedCheckpoint.TryDecode(ref reader, out SignedCheckpoint? signed))
        {
            return false;
        }

        proof = new CheckpointProof(chain, signed);
        return true;
    }
}
