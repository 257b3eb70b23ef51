using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Aeamc.P2P.Consensus.Committees;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Cryptography.Ed25519Lanes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Cryptography.Verification;

/// <summary>
/// The consensus core's port for vote signatures, answered by libsodium's rule. A certificate, a block's announcement and a synced block are made of votes
/// that mostly were verified one by one before, so valid signatures are remembered for a while: a digest in place of 55 us of arithmetic. A node that
/// catches up has seen none of them: what a certificate has that is not remembered is verified together (ADR 0010). Thread-safe.
/// </summary>
/// <param name="capacity">How many valid signatures are remembered, about 100 bytes each: some hundred views of a small committee.</param>
/// <param name="lanes">Whether a certificate's signatures are verified eight at a time where the machine can.</param>
public sealed class Ed25519SignatureVerifier(int capacity = 8192, bool lanes = true) : ISignatureVerifier
{
    /// <summary>Members whose multiples are kept: all of the largest committee, in either generation of the cache.</summary>
    private const int KeyCapacity = 2 * Committee.MaximumSize;

    /// <summary>No signed consensus message is nearly as long; a longer one is verified and not remembered.</summary>
    private const int MaximumMessage = 512;

    private readonly BoundedCache<Hash256, bool> _valid = new(capacity);
    private readonly Ed25519BatchVerifier _together = new(lanes, KeyCapacity);

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

    /// <inheritdoc/>
    public bool VerifyAll(ReadOnlySpan<NodeId> signers, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signatures)
    {
        Invariant.Check(message.Length <= MaximumMessage);
        if (signatures.Length != signers.Length * Ed25519.SignatureSize)
        {
            return false;
        }

        byte[] signed = message.ToArray();
        byte[] all = signatures.ToArray();
        var claims = new List<Ed25519Claim>(signers.Length);
        var identities = new List<Hash256>(signers.Length);
        for (int i = 0; i < signers.Length; i++)
        {
            ReadOnlyMemory<byte> signature = all.AsMemory(i * Ed25519.SignatureSize, Ed25519.SignatureSize);
            Hash256 identity = Identify(signers[i], message, signature.Span);
            if (!_valid.TryGet(identity, out _))
            {
                var key = new byte[NodeId.Size];
                signers[i].CopyTo(key);
                claims.Add(new Ed25519Claim(key, signed, signature));
                identities.Add(identity);
            }
        }

        // One pass after another: who sends a certificate of nonsense takes one pass from us, not one for every signature.
        for (int at = 0; at < claims.Count; at += Ed25519BatchVerifier.PassSize)
        {
            int count = Math.Min(claims.Count - at, Ed25519BatchVerifier.PassSize);
            if (!Compute(claims.Slice(at, count), identities.Slice(at, count)))
            {
                return false;
            }
        }

        return true;
    }

    private bool Compute(List<Ed25519Claim> claims, List<Hash256> identities)
    {
        Interlocked.Add(ref _computed, claims.Count);
        Span<bool> verdicts = stackalloc bool[Ed25519BatchVerifier.PassSize];
        verdicts = verdicts[..claims.Count];
        _together.Verify(CollectionsMarshal.AsSpan(claims), verdicts);
        for (int i = 0; i < verdicts.Length; i++)
        {
            if (verdicts[i])
            {
                _valid.Add(identities[i], true);
            }
        }

        return !verdicts.Contains(false);
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
