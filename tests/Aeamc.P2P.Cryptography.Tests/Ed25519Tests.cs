namespace Aeamc.P2P.Cryptography.Tests;

public class Ed25519Tests
{
    // RFC 8032 section 7.1: tests 1, 2, 3 and "SHA(abc)".
    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    [InlineData(
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704")]
    public void Signs_and_verifies_the_published_vectors(string seed, string publicKey, string message, string signature)
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromSeed(Hex(seed));
        Assert.Equal(publicKey, key.PublicKey.ToString());
        Assert.Equal(signature, Convert.ToHexStringLower(key.Sign(Hex(message))));
        Assert.True(Ed25519.Verify(Hex(publicKey), Hex(message), Hex(signature)));
        Assert.True(Ed25519.Verify(key.PublicKey, Hex(message), Hex(signature)));
    }

    [Fact]
    public void Any_flipped_bit_is_refused()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        byte[] message = SecureRandom.Bytes(40);
        byte[] signature = key.Sign(message);
        for (int bit = 0; bit < signature.Length * 8; bit++)
        {
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Ed25519.Verify(key.PublicKey, message, signature));
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        message[^1] ^= 1;
        Assert.False(Ed25519.Verify(key.PublicKey, message, signature));
    }

    [Theory]
    [InlineData(31, 64)]
    [InlineData(33, 64)]
    [InlineData(32, 63)]
    [InlineData(32, 65)]
    [InlineData(0, 0)]
    public void Wrong_lengths_are_refused(int keyLength, int signatureLength) =>
        Assert.False(Ed25519.Verify(new byte[keyLength], [1, 2, 3], new byte[signatureLength]));

    [Fact]
    public void A_small_order_key_with_a_zero_signature_is_refused()
    {
        // Accepted by OpenSSL and BouncyCastle: the identity as key and as R, with S = 0. The network has libsodium's rule.
        byte[] identity = [1, .. new byte[31]];
        Assert.False(Ed25519.Verify(identity, [1, 2, 3], [.. identity, .. new byte[32]]));
    }

    [Fact]
    public void S_not_below_the_group_order_is_refused()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromSeed(new byte[32]);
        byte[] signature = key.Sign([5]);
        var order = (System.Numerics.BigInteger.One << 252) + System.Numerics.BigInteger.Parse("27742317777372353535851937790883648493", null);
        var s = new System.Numerics.BigInteger(signature.AsSpan(32), isUnsigned: true) + order;
        Span<byte> twin = stackalloc byte[64];
        signature.AsSpan(0, 32).CopyTo(twin);
        Assert.True(s.TryWriteBytes(twin[32..], out _, isUnsigned: true));
        Assert.False(Ed25519.Verify(key.PublicKey, [5], twin));
    }

    [Fact]
    public void Exported_seed_makes_the_same_key()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        var seed = new byte[32];
        key.ExportSeed(seed);
        using Ed25519PrivateKey again = Ed25519PrivateKey.FromSeed(seed);
        Assert.Equal(key.PublicKey, again.PublicKey);
    }

    [Fact]
    public void A_disposed_key_does_not_sign()
    {
        Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Sign([1]));
    }

    [Fact]
    public void Sizes_of_our_own_making_throw()
    {
        Assert.Throws<ArgumentException>(() => Ed25519PrivateKey.FromSeed(new byte[31]));
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        Assert.Throws<ArgumentException>(() => key.Sign([1], new byte[63]));
    }

    [Fact]
    public void Text_form_does_not_show_the_secret()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromSeed(new byte[32]);
        Assert.DoesNotContain("00000000", key.ToString());
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
