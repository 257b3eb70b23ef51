using System.Security.Cryptography;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Cryptography.Verification;

/// <summary>
/// The consensus core's port for vote signatures, answered by libsodium. A certificate, a block's announcement and a synced block are made of votes
/// that mostly were verified one by one before, so valid signatures are remembered for a while: a digest in place of 55 us of arithmetic. Thread-safe.
/// </summary>
/// <param name="capacity">How many valid signatures are remembered, about 100 bytes each: some hundred views of a small committee.</param>
public sealed class Ed25519SignatureVerifier(int capacity = 8192) : ISignatureVerifier
{
    /// <summary>No signed consensus message is nearly as long; a longer one is verified and not remembered.</summary>
    private const int MaximumMessage = 512;

    private readonly BoundedCache<Hash256, bool> _valid = new(capacity);

    // Unknown to strangers, so nobody can choose signatures that share a bucket of the cache.
    private readonly byte[] _salt = SecureRandom.Bytes(16);
    private long _computed;

    /// <summary>Signatures verified by computation since the start.</summary>
    public long Computed => Interlocked.Read(ref _computed);

    /// <inheritdoc/>
    public bool Verify(NodeId signer, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (message.Length > MaximumMessage || signature.Length != Ed25519.SignatureSize)
        {
            return Compute(signer, message, signature);
        }

        Hash256 claim = Identify(signer, message, signature);
        if (_valid.TryGet(claim, out _))
        {
            return true;
        }

        bool valid = Compute(signer, message, signature);
        if (valid)
        {
            _valid.Add(claim, true);
        }

        return valid;
    }

    private bool Compute(NodeId signer, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Interlocked.Increment(ref _computed);
        return Ed25519.Verify(signer, message, signature);
    }

    /// <summary>SHA-256 of salt, key, signature and message: all but the last have fixed lengths.</summary>
    private Hash256 Identify(NodeId signer, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Span<byte> buffer = stackalloc byte[16 + NodeId.Size + Ed25519.SignatureSize + MaximumMessage];
        _salt.CopyTo(buffer);
        signer.CopyTo(buffer[16..]);
        signature.CopyTo(buffer[(16 + NodeId.Size)..]);
        message.CopyTo(buffer[(16 + NodeId.Size + Ed25519.SignatureSize)..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer[..(16 + NodeId.Size + Ed25519.SignatureSize + message.Length)], digest);
        return new Hash256(digest);
    }
}
