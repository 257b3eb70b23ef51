namespace Aeamc.P2P.Cryptography.Tests;

/// <summary>Signatures made by @noble/curves 2.4.0 with the secret bytes 1..32 over "aeamc interop".</summary>
public class NobleInteropTests
{
    [Fact]
    public void Ed25519_signatures_are_the_same_bytes()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromSeed(Enumerable.Range(1, 32).Select(i => (byte)i).ToArray());
        Assert.Equal("79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664", key.PublicKey.ToString());
        Assert.Equal(
            "38da4ecb70d7f566643e83fa3ffe566ad29d6c61d69d2d6cae44a3f6dc4a156eaac29db89c898fb2c1fbf41234f5ad15f871c4c6f910475af9b66753fb663504",
            Convert.ToHexStringLower(key.Sign("aeamc interop"u8)));
    }

    [Fact]
    public void P256_signatures_verify_in_both_forms_and_give_their_key()
    {
        byte[] key = Convert.FromHexString("02515c3d6eb9e396b904d3feca7f54fdcd0cc1e997bf375dca515ad0a6c3b4035f");
        byte[] raw = Convert.FromHexString(
            "cd24b0e3c66487d38105b3a04a8697279a43cbbc04177e9e183f4f0040a7c8f8f0de85099bc812555fc0d8b8d7da9814e54f780affd0cd5fcfa5735e568534c9");
        byte[] der = Convert.FromHexString(
            "3046022100cd24b0e3c66487d38105b3a04a8697279a43cbbc04177e9e183f4f0040a7c8f8022100f0de85099bc812555fc0d8b8d7da9814e54f780affd0cd5fcfa5735e568534c9");
        var verifier = new P256Verifier();
        Assert.True(verifier.VerifyRaw(key, "aeamc interop"u8, raw));
        Assert.True(verifier.VerifyDer(key, "aeamc interop"u8, der));
        Assert.Contains(P256Recovery.Recover("aeamc interop"u8, der), candidate => candidate.AsSpan().SequenceEqual(key));
    }
}
