namespace Aeamc.P2P.Cryptography.Tests;

public class FixedTimeTests
{
    [Fact]
    public void Compares_by_content_and_length()
    {
        Assert.True(FixedTime.AreEqual([1, 2, 3], [1, 2, 3]));
        Assert.True(FixedTime.AreEqual([], []));
        Assert.False(FixedTime.AreEqual([1, 2, 3], [1, 2, 4]));
        Assert.False(FixedTime.AreEqual([1, 2, 3], [1, 2]));
    }

    [Fact]
    public void Wiping_leaves_zeros()
    {
        byte[] secret = SecureRandom.Bytes(33);
        FixedTime.Wipe(secret);
        Assert.All(secret, b => Assert.Equal(0, b));
    }

    [Fact]
    public void Random_bytes_differ() => Assert.NotEqual(SecureRandom.Bytes(32), SecureRandom.Bytes(32));
}
