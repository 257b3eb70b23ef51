namespace Aeamc.P2P.Cryptography.Tests;

public class X25519Tests
{
    // RFC 7748 section 5.2.
    [Theory]
    [InlineData(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    public void Multiplies_as_published(string scalar, string point, string expected)
    {
        var shared = new byte[32];
        Assert.True(X25519.ScalarMult(Hex(scalar), Hex(point), shared));
        Assert.Equal(expected, Convert.ToHexStringLower(shared));
    }

    [Fact]
    public void Iterates_as_published()
    {
        // RFC 7748 section 5.2: k and u start as 9; each step k, u = X25519(k, u), k.
        byte[] k = [9, .. new byte[31]];
        byte[] u = [9, .. new byte[31]];
        for (int round = 1; round <= 1000; round++)
        {
            var next = new byte[32];
            Assert.True(X25519.ScalarMult(k, u, next));
            (k, u) = (next, k);
            if (round == 1)
            {
                Assert.Equal("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079", Convert.ToHexStringLower(k));
            }
        }

        Assert.Equal("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51", Convert.ToHexStringLower(k));
    }

    [Fact]
    public void Both_sides_reach_one_secret()
    {
        byte[] a = new byte[32], ap = new byte[32], b = new byte[32], bp = new byte[32], ab = new byte[32], ba = new byte[32];
        X25519.GenerateKeyPair(a, ap);
        X25519.GenerateKeyPair(b, bp);
        Assert.True(X25519.ScalarMult(a, bp, ab));
        Assert.True(X25519.ScalarMult(b, ap, ba));
        Assert.Equal(ab, ba);
        Assert.NotEqual(a, b);
    }

    // Points of small order, which would let a peer fix the secret.
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    [InlineData("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")]
    public void A_point_of_small_order_is_refused(string point)
    {
        byte[] privateKey = new byte[32], publicKey = new byte[32];
        X25519.GenerateKeyPair(privateKey, publicKey);
        Assert.False(X25519.ScalarMult(privateKey, Hex(point), new byte[32]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_peers_wrong_length_is_refused(int length) =>
        Assert.False(X25519.ScalarMult(new byte[32], new byte[length], new byte[32]));

    [Fact]
    public void Our_own_wrong_lengths_throw()
    {
        Assert.Throws<ArgumentException>(() => X25519.ScalarMult(new byte[31], new byte[32], new byte[32]));
        Assert.Throws<ArgumentException>(() => X25519.ScalarMult(new byte[32], new byte[32], new byte[31]));
        Assert.Throws<ArgumentException>(() => X25519.DerivePublicKey(new byte[32], new byte[33]));
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
