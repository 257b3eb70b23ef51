using Aeamc.P2P.Cryptography.Keys;

namespace Aeamc.P2P.Cryptography.Tests.Keys;

public class KeystoreTests
{
    // Written by @noble/hashes 2 (argon2id) and @noble/ciphers 2 (xchacha20poly1305) over the same fields.
    private const string Golden = "97ae6165616d632d6b657973746f72650102cd0400c410000102030405060708090a0b0c0d0e0fc4186465666768696a6b6c6d6e6f707172737475767778797a7bc430464a65b280502056b5b47836e14f63a9df4f314b1744aec2b3e870f2f25f77cd961c30b2fdd2a68d30731fc78ed024af";

    private static byte[] Secret => Enumerable.Range(200, 32).Select(i => (byte)i).ToArray();

    [Fact]
    public void Opens_what_an_independent_implementation_sealed()
    {
        var secret = new byte[32];
        Assert.Equal(KeystoreResult.Opened, Keystore.Open(Convert.FromHexString(Golden), "pässword", secret));
        Assert.Equal(Secret, secret);
    }

    [Fact]
    public void Opens_what_it_sealed_and_never_twice_the_same_bytes()
    {
        byte[] one = Keystore.Seal(Secret, "p", KeystoreCost.Minimal);
        byte[] two = Keystore.Seal(Secret, "p", KeystoreCost.Minimal);
        Assert.NotEqual(one, two);
        Assert.True(Keystore.IsKeystore(one));
        Assert.True(one.Length <= Keystore.MaximumSize);
        var secret = new byte[32];
        Assert.Equal(KeystoreResult.Opened, Keystore.Open(one, "p", secret));
        Assert.Equal(Secret, secret);
    }

    [Fact]
    public void Another_password_opens_nothing()
    {
        var secret = new byte[32];
        Assert.Equal(KeystoreResult.WrongPassword, Keystore.Open(Keystore.Seal(Secret, "p", KeystoreCost.Minimal), "q", secret));
        Assert.All(secret, b => Assert.Equal(0, b));
    }

    [Fact]
    public void No_changed_bit_goes_unnoticed()
    {
        byte[] file = Keystore.Seal(Secret, "p", KeystoreCost.Minimal);
        var secret = new byte[32];
        for (int bit = 0; bit < file.Length * 8; bit++)
        {
            byte[] changed = [.. file];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(KeystoreResult.Opened, Keystore.Open(changed, "p", secret));
        }
    }

    [Fact]
    public void No_prefix_and_no_extension_is_taken()
    {
        byte[] file = Keystore.Seal(Secret, "p", KeystoreCost.Minimal);
        for (int length = 0; length < file.Length; length++)
        {
            Assert.Equal(KeystoreResult.Malformed, Keystore.Open(file.AsSpan(0, length), "p", new byte[32]));
        }

        Assert.Equal(KeystoreResult.Malformed, Keystore.Open([.. file, 0], "p", new byte[32]));
    }

    [Fact]
    public void A_later_version_is_told_apart_from_damage()
    {
        byte[] file = Keystore.Seal(Secret, "p", KeystoreCost.Minimal);
        file[16] = 2;
        Assert.Equal(KeystoreResult.UnknownVersion, Keystore.Open(file, "p", new byte[32]));
    }

    [Fact]
    public void A_file_cannot_ask_for_unbounded_work()
    {
        byte[] file = Convert.FromHexString(Golden);
        file[17] = (byte)(KeystoreCost.MaximumPasses + 1);
        Assert.Equal(KeystoreResult.CostOutOfBounds, Keystore.Open(file, "pässword", new byte[32]));
        Assert.Throws<ArgumentException>(() => Keystore.Seal(Secret, "p", new KeystoreCost(0, 8)));
        Assert.Throws<ArgumentException>(() => Keystore.Seal(Secret, "p", new KeystoreCost(1, KeystoreCost.MaximumMemoryKiB + 1)));
    }

    [Fact]
    public void A_secret_of_another_length_is_our_mistake() =>
        Assert.Throws<ArgumentException>(() => Keystore.Seal(new byte[31], "p", KeystoreCost.Minimal));
}
