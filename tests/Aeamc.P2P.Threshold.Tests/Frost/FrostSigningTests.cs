using System.Buffers;
using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold.Frost;
using Aeamc.P2P.Threshold.Group;

namespace Aeamc.P2P.Threshold.Tests.Frost;

public class FrostSigningTests
{
    private static readonly Secp256k1Group Group = Secp256k1Group.Shared;
    private static readonly byte[] Message = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(3, 4, 25)]
    [InlineData(14, 20, 5)]
    [InlineData(67, 100, 1)]
    public void Any_threshold_of_members_signs(int threshold, int members, int runs)
    {
        for (int seed = 0; seed < runs; seed++)
        {
            var random = new Random(seed);
            SigningShare[] shares = TrustedDealer.Deal(random, threshold, members);
            int signers = random.Next(threshold, Math.Min(members, threshold + 2) + 1);
            FrostSignature signature = Sign(random, [.. shares.OrderBy(_ => random.Next()).Take(signers)], Message);

            CurvePoint key = shares[0].PublicKey.GroupKey;
            Assert.True(signature.Verify(Group, key, Message));
            Assert.True(FrostSignature.TryDecode(Group, signature.ToArray(), out FrostSignature? decoded));
            Assert.Equal(signature, decoded);
            Assert.False(signature.Verify(Group, key, new byte[32]));
            Assert.False((signature with { Z = signature.Z + Scalar.One }).Verify(Group, key, Message));
            Assert.False((signature with { R = Group.Negate(signature.R) }).Verify(Group, key, Message));
            Assert.False(signature.Verify(Group, Group.Negate(key), Message));
        }
    }

    [Fact]
    public void A_wrong_share_is_named_by_verification()
    {
        var random = new Random(7);
        SigningShare[] shares = TrustedDealer.Deal(random, 3, 4);
        (FrostSession session, SigningNonce[] nonces) = Open(random, shares[..3], Message);
        Assert.True(session.TrySign(shares[1], nonces[1], out Scalar z));
        Assert.True(session.VerifyShare(new NodeIndex(1), z));
        Assert.False(session.VerifyShare(new NodeIndex(1), z + Scalar.One));
        Assert.False(session.VerifyShare(new NodeIndex(0), z));
        Assert.False(session.VerifyShare(new NodeIndex(3), z));
    }

    [Fact]
    public void A_nonce_signs_once()
    {
        var random = new Random(8);
        SigningShare[] shares = TrustedDealer.Deal(random, 3, 4);
        (FrostSession session, SigningNonce[] nonces) = Open(random, shares[..3], Message);
        Assert.True(session.TrySign(shares[0], nonces[0], out _));
        Assert.True(nonces[0].IsSpent);
        Assert.Throws<InvariantException>(() => session.TrySign(shares[0], nonces[0], out _));
    }

    [Fact]
    public void A_session_without_the_nonce_leaves_it_unspent()
    {
        var random = new Random(9);
        SigningShare[] shares = TrustedDealer.Deal(random, 3, 4);
        (FrostSession session, _) = Open(random, shares[..3], Message);
        SigningNonce other = SigningNonce.Generate(Group, shares[0], TrustedDealer.RandomBytes(random, 64));
        SigningNonce outsider = SigningNonce.Generate(Group, shares[3], TrustedDealer.RandomBytes(random, 64));
        Assert.False(session.TrySign(shares[0], other, out _));
        Assert.False(session.TrySign(shares[3], outsider, out _));
        Assert.False(other.IsSpent);
        Assert.False(outsider.IsSpent);
    }

    [Fact]
    public void Malformed_commitment_lists_make_no_session()
    {
        var random = new Random(10);
        SigningShare[] shares = TrustedDealer.Deal(random, 3, 4);
        (FrostSession session, _) = Open(random, shares[..3], Message);
        NonceCommitment[] good = session.Commitments.ToArray();
        Assert.False(Opens(good[..2]));
        Assert.False(Opens([good[1], good[0], good[2]]));
        Assert.False(Opens([good[0], good[0], good[2]]));
        Assert.False(Opens([good[0], good[1], good[2] with { Member = new NodeIndex(4) }]));
        Assert.False(Opens([]));
        Assert.True(Opens(good));

        bool Opens(NonceCommitment[] list) => FrostSession.TryCreate(Group, shares[0].PublicKey, list, Message, out _);
    }

    [Fact]
    public void A_signature_out_of_range_is_not_read()
    {
        var random = new Random(11);
        byte[] good = Sign(random, TrustedDealer.Deal(random, 1, 1), Message).ToArray();
        Assert.False(FrostSignature.TryDecode(Group, good.AsSpan(0, 64), out _));
        Assert.False(FrostSignature.TryDecode(Group, [.. good, 0], out _));
        Assert.False(FrostSignature.TryDecode(Group, [4, .. good.AsSpan(1)], out _));
        Assert.False(FrostSignature.TryDecode(Group, [.. good.AsSpan(0, 33), .. new byte[32]], out _));
        Assert.False(FrostSignature.TryDecode(Group, [.. good.AsSpan(0, 33), .. Enumerable.Repeat((byte)255, 32)], out _));
    }

    [Fact]
    public void A_share_survives_its_encoding_and_a_changed_one_does_not()
    {
        SigningShare[] shares = TrustedDealer.Deal(2, Scalar.FromUInt32(7));
        var buffer = new ArrayBufferWriter<byte>();
        shares[1].Encode(buffer);
        byte[] bytes = buffer.WrittenSpan.ToArray();
        const string seven = "025cbdf0646e5db4eaa398f365f2ea7a0e3d419b7e0330e39ce92bddedcac4f9bc";
        Assert.Equal($"96010101c420{7:x64}c421{seven}92c421{seven}c421{seven}", Convert.ToHexStringLower(bytes));
        Assert.True(SigningShare.TryDecode(Group, bytes, out SigningShare? read));
        Assert.Equal(new NodeIndex(1), read.Index);
        Assert.True(Sign(new Random(1), [read], Message).Verify(Group, read.PublicKey.GroupKey, Message));

        Assert.False(SigningShare.TryDecode(Group, [.. bytes, 0], out _));
        for (int i = 0; i < 40; i++)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= 2;
            Assert.False(SigningShare.TryDecode(Group, changed, out _));
            Assert.False(SigningShare.TryDecode(Group, bytes.AsSpan(0, i * 3), out _));
        }

        read.Dispose();
        Assert.Throws<InvariantException>(() => read.Encode(new ArrayBufferWriter<byte>()));
    }

    internal static FrostSignature Sign(Random random, SigningShare[] signers, byte[] message)
    {
        SigningShare[] ordered = [.. signers.OrderBy(share => share.Index)];
        (FrostSession session, SigningNonce[] nonces) = Open(random, ordered, message);
        var z = new Scalar[ordered.Length];
        for (int i = 0; i < z.Length; i++)
        {
            Assert.True(session.TrySign(ordered[i], nonces[i], out z[i]));
        }

        return session.Aggregate(z);
    }

    private static (FrostSession Session, SigningNonce[] Nonces) Open(Random random, SigningShare[] signers, byte[] message)
    {
        SigningNonce[] nonces = [.. signers.Select(share => SigningNonce.Generate(Group, share, TrustedDealer.RandomBytes(random, 64)))];
        Assert.True(FrostSession.TryCreate(Group, signers[0].PublicKey, [.. nonces.Select(nonce => nonce.Commitment)], message, out FrostSession? session));
        return (session, nonces);
    }
}
