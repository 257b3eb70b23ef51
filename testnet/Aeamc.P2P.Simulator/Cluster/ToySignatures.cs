using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>
/// A keyed checksum in place of Ed25519: about 50 times faster. Adversaries of the simulator never forge, so it need not resist that; it
/// does tell every voter, statement and domain apart.
/// </summary>
/// <param name="acceptsAll">A verifier that is wrong on purpose, to see that the checkers notice.</param>
public sealed class ToySignatures(bool acceptsAll = false) : ISignatureVerifier
{
    public static VoteSignature Sign(NodeId signer, ReadOnlySpan<byte> message)
    {
        Span<byte> key = stackalloc byte[NodeId.Size];
        signer.CopyTo(key);
        Span<byte> signature = stackalloc byte[VoteSignature.Size];
        ulong state = Mix(Mix(0x5851f42d4c957f2d, key), message);
        for (int i = 0; i < signature.Length; i += 8)
        {
            state = Mix(state, key[..8]);
            BitConverter.TryWriteBytes(signature[i..], state);
        }

        return new VoteSignature(signature);
    }

    public bool Verify(NodeId signer, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        acceptsAll || Sign(signer, message) == new VoteSignature(signature);

    private static ulong Mix(ulong state, ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            while (bytes.Length >= 8)
            {
                state = (state ^ BitConverter.ToUInt64(bytes)) * 0x9fb21c651e98df25;
                state ^= state >> 28;
                bytes = bytes[8..];
            }

            foreach (byte part in bytes)
            {
                state = (state ^ part) * 0x9fb21c651e98df25;
                state ^= state >> 28;
            }

            return state;
        }
    }
}
