using System.Security.Cryptography;

namespace Aeamc.P2P.Cryptography.Tests.P256;

public class P256VerifierTests
{
    // RFC 6979 appendix A.2.5, SHA-256.
    private const string KeyX = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
    private const string SampleR = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
    private const string SampleS = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
    private const string TestR = "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367";
    private const string TestS = "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083";

    [Theory]
    [InlineData("sample", SampleR, SampleS)]
    [InlineData("test", TestR, TestS)]
    public void Verifies_the_published_vectors(string text, string r, string s)
    {
        byte[] key = Convert.FromHexString("03" + KeyX);
        byte[] message = System.Text.Encoding.ASCII.GetBytes(text);
        byte[] raw = Convert.FromHexString(r + s);
        var der = new byte[P256Signature.MaximumDerSize];
        int length = P256Signature.WriteDer(raw, der);
        var verifier = new P256Verifier();
        Assert.True(verifier.VerifyRaw(key, message, raw));
        Assert.True(verifier.VerifyDer(key, message, der.AsSpan(0, length)));
        Assert.False(verifier.VerifyRaw(key, [.. message, 0], raw));
        key[0] = 2;
        Assert.False(verifier.VerifyRaw(key, message, raw));
    }

    [Fact]
    public void One_form_is_not_taken_for_the_other()
    {
        using var key = new P256TestKey();
        var verifier = new P256Verifier();
        byte[] message = [1, 2, 3];
        Assert.False(verifier.VerifyDer(key.Compressed, message, key.SignRaw(message)));
        Assert.False(verifier.VerifyRaw(key.Compressed, message, key.SignDer(message)));
    }

    [Fact]
    public void The_twin_with_negated_s_verifies_too()
    {
        // Low s is not required of phones, so a signature must never serve as an identity.
        using var key = new P256TestKey();
        byte[] raw = key.SignRaw([9]);
        var order = new System.Numerics.BigInteger(P256Curve.OrderBytes, isUnsigned: true, isBigEndian: true);
        var s = new System.Numerics.BigInteger(raw.AsSpan(32), isUnsigned: true, isBigEndian: true);
        byte[] twin = (order - s).ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] negated = [.. raw[..32], .. new byte[32 - twin.Length], .. twin];
        Assert.True(new P256Verifier().VerifyRaw(key.Compressed, [9], negated));
    }

    [Theory]
    [InlineData("")]
    [InlineData("02")]
    [InlineData("04" + KeyX)]
    [InlineData("00" + KeyX)]
    [InlineData("0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29f")]
    [InlineData("0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb600")]
    [InlineData("02ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")] // x = p
    [InlineData("02ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("020000000000000000000000000000000000000000000000000000000000000001")] // x^3 - 3x + b is no square
    public void Bytes_that_are_no_key_verify_nothing(string key)
    {
        byte[] raw = Convert.FromHexString(SampleR + SampleS);
        Assert.False(new P256Verifier().VerifyRaw(Convert.FromHexString(key), "sample"u8, raw));
        Assert.False(P256Verifier.IsValidKey(Convert.FromHexString(key)));
    }

    [Fact]
    public void More_keys_than_the_cache_holds_still_verify()
    {
        var verifier = new P256Verifier(keyCapacity: 4);
        var keys = Enumerable.Range(0, 9).Select(_ => new P256TestKey()).ToList();
        for (int round = 0; round < 3; round++)
        {
            foreach (P256TestKey key in keys)
            {
                Assert.True(verifier.VerifyRaw(key.Compressed, [1], key.SignRaw([1])));
                Assert.True(verifier.CachedKeys <= 4);
            }
        }

        keys.ForEach(key => key.Dispose());
    }

    [Fact]
    public void Threads_share_one_key()
    {
        using var key = new P256TestKey();
        var verifier = new P256Verifier();
        byte[] good = key.SignRaw([1]);
        byte[] bad = key.SignRaw([2]);
        int wrong = 0;
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            if (verifier.VerifyRaw(key.Compressed, [1], i % 2 == 0 ? good : bad) != (i % 2 == 0))
            {
                Interlocked.Increment(ref wrong);
            }
        });
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void Decompression_agrees_with_the_platform()
    {
        for (int i = 0; i < 50; i++)
        {
            using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            ECPoint q = key.ExportParameters(false).Q;
            Assert.True(P256Curve.TryDecompress(q.X, (q.Y![^1] & 1) == 1, out Org.BouncyCastle.Math.EC.ECPoint? point));
            Assert.Equal(q.Y, point.AffineYCoord.GetEncoded());
        }
    }
}
