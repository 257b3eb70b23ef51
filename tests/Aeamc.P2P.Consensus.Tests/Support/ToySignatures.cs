using System.Security.Cryptography;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Tests.Support;

/// <summary>A keyed hash instead of a signature: fast and deterministic, and forgeable only by the tests themselves.</summary>
public sealed class ToySignatures : ISignatureVerifier
{
    public static VoteSignature Sign(NodeId signer, ReadOnlySpan<byte> message)
    {
        Span<byte> signature = stackalloc byte[VoteSignature.Size];
        SHA256.HashData([.. signer.ToArray(), .. message], signature);
        SHA256.HashData(signature[..32], signature[32..]);
        return new VoteSignature(signature);
    }

    public bool Verify(NodeId signer, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Sign(signer, message) == new VoteSignature(signature);
}

/// <summary>Content is good when it is the block hash itself.</summary>
public sealed class HashContent : IProposalContent
{
    public bool Matches(in BlockRef block, ReadOnlySpan<byte> content) => content.SequenceEqual(block.Hash.ToArray());
}
