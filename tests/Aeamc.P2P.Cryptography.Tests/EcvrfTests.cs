using Aeamc.P2P.Cryptography.Ed25519Lanes;
using FsCheck;
using FsCheck.Fluent;

namespace Aeamc.P2P.Cryptography.Tests;

public class EcvrfTests
{
    // RFC 9381 appendix B.3, examples 16 to 18; example 17 needs a second try for its point.
    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "",
        "91bbed02a99461df1ad4c6564a5f5d829d0b90cfc7903e7a5797bd658abf3318",
        "8657106690b5526245a92b003bb079ccd1a92130477671f6fc01ad16f26f723f26f8a57ccaed74ee1b190bed1f479d9727d2d0f9b005a6e456a35d4fb0daab1268a1b0db10836d9826a528ca76567805",
        "90cf1df3b703cce59e2a35b925d411164068269d7b2d29f3301c03dd757876ff66b71dda49d2de59d03450451af026798e8f81cd2e333de5cdf4f3e140fdd8ae")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "72",
        "5b659fc3d4e9263fd9a4ed1d022d75eaacc20df5e09f9ea937502396598dc551",
        "f3141cd382dc42909d19ec5110469e4feae18300e94f304590abdced48aed5933bf0864a62558b3ed7f2fea45c92a465301b3bbf5e3e54ddf2d935be3b67926da3ef39226bbc355bdc9850112c8f4b02",
        "eb4440665d3891d668e7e0fcaf587f1b4bd7fbfe99d0eb2211ccec90496310eb5e33821bc613efb94db5e5b54c70a848a0bef4553a41befc57663b56373a5031")]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "af82",
        "bf4339376f5542811de615e3313d2b36f6f53c0acfebb482159711201192576a",
        "9bc0f79119cc5604bf02d23b4caede71393cedfbb191434dd016d30177ccbf8096bb474e53895c362d8628ee9f9ea3c0e52c7a5c691b6c18c9979866568add7a2d41b00b05081ed0f58ee5e31b3a970e",
        "645427e5d00c62a23fb703732fa5d892940935942101e456ecca7bb217c61c452118fec1219202a0edcf038bb6373241578be7217ba85a2687f7a0310b2df19f")]
    public void Proves_and_verifies_the_published_vectors(string seed, string alpha, string point, string proof, string hash)
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromSeed(Hex(seed));
        byte[] publicKey = key.PublicKey.ToArray();
        var h = new byte[32];
        Ecvrf.HashToPoint(publicKey, Hex(alpha), lanes: false, h);
        Assert.Equal(point, Convert.ToHexStringLower(h));
        Assert.Equal(proof, Convert.ToHexStringLower(Ecvrf.Prove(key, Hex(alpha))));
        Assert.True(Ecvrf.Verify(publicKey, Hex(alpha), Hex(proof), out byte[]? beta));
        Assert.Equal(hash, Convert.ToHexStringLower(beta));
        Assert.True(Ecvrf.Verify(publicKey, Hex(alpha), Hex(proof), lanes: false, out beta));
        Assert.Equal(hash, Convert.ToHexStringLower(beta));
    }

    [Fact]
    public void The_lanes_answer_as_libsodium_does()
    {
        Assert.SkipUnless(LaneVerifier.IsSupported, "This machine has no AVX-512: nodes on it verify by libsodium itself.");
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromSeed(new byte[32]);
        var random = new Random(1);
        byte[] publicKey = key.PublicKey.ToArray(), byLanes = new byte[32], bySodium = new byte[32];
        for (int round = 0; round < 200; round++)
        {
            byte[] alpha = new byte[random.Next(40)];
            random.NextBytes(alpha);
            Ecvrf.HashToPoint(publicKey, alpha, lanes: true, byLanes);
            Ecvrf.HashToPoint(publicKey, alpha, lanes: false, bySodium);
            Assert.Equal(bySodium, byLanes);

            byte[] proof = Ecvrf.Prove(key, alpha), used = [.. publicKey];
            if (round % 4 != 0)
            {
                (round % 4 == 1 ? used : proof)[random.Next(32)] ^= (byte)(1 << random.Next(8));
            }

            bool expected = Ecvrf.Verify(used, alpha, proof, lanes: false, out byte[]? hash);
            Assert.Equal(round % 4 == 0, expected);
            Assert.Equal(expected, Ecvrf.Verify(used, alpha, proof, lanes: true, out byte[]? again));
            Assert.Equal(hash, again);
        }
    }

    [Fact]
    public void A_proof_holds_for_its_key_and_input_alone()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        using Ed25519PrivateKey other = Ed25519PrivateKey.Generate();
        Prop.ForAll<byte[]>(alpha =>
        {
            byte[] proof = Ecvrf.Prove(key, alpha);
            return Ecvrf.Verify(key.PublicKey.ToArray(), alpha, proof, out _)
                && !Ecvrf.Verify(other.PublicKey.ToArray(), alpha, proof, out _)
                && !Ecvrf.Verify(key.PublicKey.ToArray(), [.. alpha, 0], proof, out _);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_flipped_bit_is_refused()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromSeed(new byte[32]);
        byte[] proof = Ecvrf.Prove(key, [1, 2, 3]);
        for (int bit = 0; bit < proof.Length * 8; bit++)
        {
            proof[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Ecvrf.Verify(key.PublicKey.ToArray(), [1, 2, 3], proof, out byte[]? hash));
            Assert.Null(hash);
            proof[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_response_not_below_the_group_order_is_refused()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromSeed(new byte[32]);
        byte[] proof = Ecvrf.Prove(key, [1]);
        var order = (System.Numerics.BigInteger.One << 252) + System.Numerics.BigInteger.Parse("27742317777372353535851937790883648493", null);
        var s = new System.Numerics.BigInteger(proof.AsSpan(48), isUnsigned: true) + order;
        Assert.True(s.TryWriteBytes(proof.AsSpan(48), out _, isUnsigned: true));
        Assert.False(Ecvrf.Verify(key.PublicKey.ToArray(), [1], proof, out _));
    }

    // The identity, the point of order 2, one of order 4, one that is no point, and the base point plus a point of order 2.
    [Theory]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0200000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("9599999999999999999999999999999999999999999999999999999999999999")]
    public void Keys_and_points_outside_the_group_are_refused(string point)
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromSeed(new byte[32]);
        byte[] proof = Ecvrf.Prove(key, [1]);
        Assert.False(Ecvrf.Verify(Hex(point), [1], proof, out _));
        Assert.False(Ecvrf.Verify(Hex(point), [1], proof, lanes: false, out _));
        Hex(point).CopyTo(proof, 0);
        Assert.False(Ecvrf.Verify(key.PublicKey.ToArray(), [1], proof, out _));
        Assert.False(Ecvrf.Verify(key.PublicKey.ToArray(), [1], proof, lanes: false, out _));
    }

    [Theory]
    [InlineData(31, 80)]
    [InlineData(32, 79)]
    [InlineData(32, 81)]
    [InlineData(0, 0)]
    public void Wrong_lengths_are_refused(int keyLength, int proofLength) =>
        Assert.False(Ecvrf.Verify(new byte[keyLength], [], new byte[proofLength], out _));

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
