using Aeamc.P2P.Cryptography.Tests.P256;
using Aeamc.P2P.Cryptography.Verification;
using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.Cryptography.Tests.Verification;

public sealed class SignatureVerdictsTests : IDisposable
{
    private readonly SignatureVerdicts _verdicts = new();
    private readonly Ed25519PrivateKey _ed25519 = Ed25519PrivateKey.Generate();
    private readonly P256TestKey _p256 = new();

    public void Dispose()
    {
        _ed25519.Dispose();
        _p256.Dispose();
    }

    [Fact]
    public void Each_algorithm_is_answered()
    {
        foreach (SignatureClaim claim in All())
        {
            Assert.True(_verdicts.Verify(claim));
            Assert.False(_verdicts.Verify(Claims.Broken(claim)));
        }
    }

    [Fact]
    public void A_valid_signature_is_computed_once()
    {
        SignatureClaim claim = Claims.Ed25519(_ed25519, 1);
        for (int i = 0; i < 5; i++)
        {
            Assert.True(_verdicts.Verify(claim));
        }

        Assert.Equal(1, _verdicts.Computed);
        Assert.Equal(4, _verdicts.Remembered);
    }

    [Fact]
    public void An_invalid_signature_pushes_nothing_out()
    {
        var small = new SignatureVerdicts(capacity: 2);
        SignatureClaim good = Claims.Ed25519(_ed25519, 1);
        Assert.True(small.Verify(good));
        for (int i = 0; i < 10; i++)
        {
            Assert.False(small.Verify(Claims.Broken(Claims.Ed25519(_ed25519, i))));
        }

        Assert.True(small.Verify(good));
        Assert.Equal(1, small.Remembered);
    }

    [Fact]
    public void What_is_remembered_stands_for_nothing_else()
    {
        foreach (SignatureClaim claim in All())
        {
            Assert.True(_verdicts.Verify(claim));
            foreach (SignatureAlgorithm other in Enum.GetValues<SignatureAlgorithm>().Where(a => a != claim.Algorithm))
            {
                Assert.False(_verdicts.Verify(claim with { Algorithm = other }));
            }

            // The border between signature and message moved by a byte.
            byte[] message = [claim.Signature.Span[^1], .. claim.Message.Span];
            Assert.False(_verdicts.Verify(claim with { Message = message, Signature = claim.Signature[..^1] }));
        }
    }

    [Fact]
    public void A_long_message_is_verified_like_a_short_one()
    {
        byte[] message = SecureRandom.Bytes(100_000);
        var claim = new SignatureClaim(SignatureAlgorithm.Ed25519, PublicKey.Of(_ed25519.PublicKey), message, _ed25519.Sign(message));
        Assert.True(_verdicts.Verify(claim));
        Assert.True(_verdicts.Verify(claim));
        message[^1] ^= 1;
        Assert.False(_verdicts.Verify(claim));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(73)]
    [InlineData(5000)]
    public void A_signature_of_another_length_is_refused(int length)
    {
        foreach (SignatureClaim claim in All())
        {
            Assert.False(_verdicts.Verify(claim with { Signature = new byte[length] }));
        }
    }

    [Fact]
    public void A_vote_is_verified_by_the_consensus_port()
    {
        var verifier = new Ed25519SignatureVerifier();
        Assert.True(verifier.Verify(_ed25519.PublicKey, [1, 2], _ed25519.Sign([1, 2])));
        Assert.False(verifier.Verify(_ed25519.PublicKey, [1, 3], _ed25519.Sign([1, 2])));
    }

    [Fact]
    public void A_vote_is_computed_once_however_many_certificates_hold_it()
    {
        var verifier = new Ed25519SignatureVerifier();
        byte[] signature = _ed25519.Sign([1, 2]);
        for (int i = 0; i < 3; i++)
        {
            Assert.True(verifier.Verify(_ed25519.PublicKey, [1, 2], signature));
        }

        Assert.Equal(1, verifier.Computed);
    }

    [Fact]
    public void A_remembered_vote_does_not_make_another_one_valid()
    {
        var verifier = new Ed25519SignatureVerifier();
        byte[] signature = _ed25519.Sign([1, 2]);
        Assert.True(verifier.Verify(_ed25519.PublicKey, [1, 2], signature));
        using var other = Ed25519PrivateKey.Generate();
        byte[] broken = [.. signature];
        broken[40] ^= 1;
        Assert.False(verifier.Verify(_ed25519.PublicKey, [1, 3], signature));
        Assert.False(verifier.Verify(other.PublicKey, [1, 2], signature));
        Assert.False(verifier.Verify(_ed25519.PublicKey, [1, 2], broken));
        Assert.False(verifier.Verify(_ed25519.PublicKey, [1, 2], broken));
        Assert.Equal(5, verifier.Computed);
    }

    [Fact]
    public void Recovery_gives_both_keys_in_ascending_order()
    {
        byte[] message = "taskdevice"u8.ToArray();
        Assert.True(PublicKey.TryParse(_p256.Compressed, out PublicKey mine));
        for (int i = 0; i < 10; i++)
        {
            Assert.True(new KeyRecovery().TryRecover(message, _p256.SignDer(message), out RecoveredKeys? keys));
            Assert.True(keys.First < keys.Second);
            Assert.True(keys.Contains(mine));
        }

        Assert.False(new KeyRecovery().TryRecover(message, _p256.SignRaw(message), out _));
    }

    private IEnumerable<SignatureClaim> All() =>
        [Claims.Ed25519(_ed25519, 7), Claims.Es256(_p256, 8, der: false), Claims.Es256(_p256, 9, der: true)];
}
