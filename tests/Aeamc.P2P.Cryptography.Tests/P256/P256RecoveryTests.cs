namespace Aeamc.P2P.Cryptography.Tests.P256;

public class P256RecoveryTests
{
    [Fact]
    public void Two_signatures_have_the_signers_key_alone_in_common()
    {
        for (int i = 0; i < 20; i++)
        {
            using var key = new P256TestKey();
            byte[] first = SecureRandom.Bytes(i), second = SecureRandom.Bytes(i + 1);
            IReadOnlyList<byte[]> a = P256Recovery.Recover(first, key.SignDer(first));
            IReadOnlyList<byte[]> b = P256Recovery.Recover(second, key.SignDer(second));
            Assert.Equal(2, a.Count);
            string common = Assert.Single(a.Select(Convert.ToHexStringLower).Intersect(b.Select(Convert.ToHexStringLower)));
            Assert.Equal(Convert.ToHexStringLower(key.Compressed), common);
        }
    }

    [Fact]
    public void The_signature_verifies_under_both_candidates()
    {
        using var key = new P256TestKey();
        byte[] message = "taskdevice1700000000000"u8.ToArray();
        byte[] der = key.SignDer(message);
        var verifier = new P256Verifier();
        IReadOnlyList<byte[]> keys = P256Recovery.Recover(message, der);
        Assert.All(keys, candidate => Assert.True(verifier.VerifyDer(candidate, message, der)));
        Assert.NotEqual(keys[0], keys[1]);
    }

    [Fact]
    public void The_published_key_is_found()
    {
        // RFC 6979 appendix A.2.5, SHA-256, "sample".
        byte[] raw = Convert.FromHexString("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
        var der = new byte[72];
        int length = P256Signature.WriteDer(raw, der);
        Assert.Contains(
            "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
            P256Recovery.Recover("sample"u8, der.AsSpan(0, length)).Select(Convert.ToHexStringLower));
    }

    [Theory]
    [InlineData("")]
    [InlineData("3006020101020100")]
    [InlineData("30060201010201010000")]
    [InlineData("3006020101020101")] // x = 1 is on no point
    public void Nothing_comes_of_a_bad_signature(string der) => Assert.Empty(P256Recovery.Recover([1], Convert.FromHexString(der)));
}
