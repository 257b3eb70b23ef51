using Aeamc.P2P.Native.Sodium;

namespace Aeamc.P2P.Native.Tests.Sodium;

public class SodiumMemoryTests
{
    [Fact]
    public void Keeps_what_was_filled_in()
    {
        using SodiumMemory memory = SodiumMemory.Create(5, (byte)7, static (bytes, value) => bytes.Fill(value));
        using SodiumMemory.Lease lease = memory.Borrow();
        Assert.Equal(new byte[] { 7, 7, 7, 7, 7 }, lease.Bytes.ToArray());
    }

    [Fact]
    public void A_borrowed_block_outlives_its_disposal()
    {
        SodiumMemory memory = SodiumMemory.Create(3, (byte)9, static (bytes, value) => bytes.Fill(value));
        SodiumMemory.Lease lease = memory.Borrow();
        memory.Dispose();
        Assert.Equal(9, lease.Bytes[2]);
        lease.Dispose();
    }

    [Fact]
    public void Borrowing_after_disposal_throws()
    {
        SodiumMemory memory = SodiumMemory.Create(3, 0, static (_, _) => { });
        memory.Dispose();
        Assert.Throws<ObjectDisposedException>(() => { using SodiumMemory.Lease lease = memory.Borrow(); });
    }

    [Fact]
    public void A_fill_that_throws_leaks_nothing_and_is_reported() =>
        Assert.Throws<FormatException>(() => SodiumMemory.Create(3, 0, static (_, _) => throw new FormatException()));

    [Fact]
    public void An_empty_block_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SodiumMemory.Create(0, 0, static (_, _) => { }));
}
