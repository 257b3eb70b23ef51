using System.Security.Cryptography;
using System.Text;
using Aeamc.P2P.Cryptography.Secp256k1;

namespace Aeamc.P2P.Cryptography.Tests.Secp256k1;

public class Secp256k1EcdsaTests
{
    /// <summary>A deterministic signature of the widely published RFC 6979 secp256k1 set: key 1, "Satoshi Nakamoto".</summary>
    [Fact]
    public void The_nonce_is_that_of_RFC_6979()
    {
        byte[] one = new byte[32];
        one[31] = 1;
        Assert.True(Secp256k1PrivateKey.TryImport(one, out Secp256k1PrivateKey? key));
        RecoverableSignature signature = key.SignRecoverable(SHA256.HashData(Encoding.ASCII.GetBytes("Satoshi Nakamoto")));
        Assert.Equal("934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8", Convert.ToHexStringLower(signature.R));
        Assert.Equal("2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5", Convert.ToHexStringLower(signature.S));
    }

    [Fact]
    public void A_signature_verifies_and_gives_back_its_key()
    {
        for (int i = 0; i < 20; i++)
        {
            using Secp256k1PrivateKey key = Secp256k1PrivateKey.Generate();
            byte[] hash = RandomNumberGenerator.GetBytes(32);
            RecoverableSignature signature = key.SignRecoverable(hash);
            Assert.True(key.PublicKey.Verify(hash, [.. signature.R, .. signature.S]));
            Assert.True(Secp256k1PublicKey.TryRecover(hash, signature, out Secp256k1PublicKey? recovered));
            Assert.Equal(key.PublicKey, recovered);
            Assert.Equal(65, recovered.Uncompressed.Length);
            Assert.True(Secp256k1PublicKey.TryParse(recovered.Uncompressed, out Secp256k1PublicKey? parsed));
            Assert.Equal(key.PublicKey, parsed);

            hash[0] ^= 1;
            Assert.False(key.PublicKey.Verify(hash, [.. signature.R, .. signature.S]));
        }
    }

    [Fact]
    public void Malformed_keys_hashes_and_signatures_are_refused()
    {
        Assert.False(Secp256k1PrivateKey.TryImport(new byte[32], out _));
        Assert.False(Secp256k1PrivateKey.TryImport([.. Enumerable.Repeat((byte)255, 32)], out _));
        Assert.False(Secp256k1PrivateKey.TryImport(new byte[31], out _));
        Assert.False(Secp256k1PublicKey.TryParse(new byte[33], out _));
        Assert.False(Secp256k1PublicKey.TryParse([], out _));
        var empty = new RecoverableSignature(new byte[32], new byte[32], 0);
        Assert.False(Secp256k1PublicKey.TryRecover(new byte[32], empty, out _));
        Assert.False(Secp256k1PublicKey.TryRecover(new byte[32], empty with { RecoveryId = 4 }, out _));
        using Secp256k1PrivateKey key = Secp256k1PrivateKey.Generate();
        Assert.Throws<ArgumentException>(() => key.SignRecoverable(new byte[31]));
        Assert.False(key.PublicKey.Verify(new byte[32], new byte[63]));
        Assert.False(key.PublicKey.Verify(new byte[32], new byte[64]));
    }

    [Fact]
    public void A_disposed_key_does_not_sign()
    {
        Secp256k1PrivateKey key = Secp256k1PrivateKey.Generate();
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.SignRecoverable(new byte[32]));
    }
}
