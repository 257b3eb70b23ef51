namespace Aeamc.P2P.Primitives.Tests;

public class QuantityTests
{
    [Fact]
    public void The_successor_of_the_largest_is_an_error_and_never_a_wrap()
    {
        Assert.Equal(new Height(8), new Height(7).Next);
        Assert.Throws<OverflowException>(() => new Height(ulong.MaxValue).Next);
        Assert.Throws<OverflowException>(() => new View(ulong.MaxValue).Next);
        Assert.Throws<OverflowException>(() => new Epoch(ulong.MaxValue).Next);
    }

    [Fact]
    public void Time_saturates_at_both_ends()
    {
        var early = new Timestamp(5);
        var late = new Timestamp(ulong.MaxValue - 1);
        Assert.Equal(0ul, early.Since(late));
        Assert.Equal(ulong.MaxValue - 6, late.Since(early));
        Assert.Equal(ulong.MaxValue, late.Plus(5).Milliseconds);
        Assert.Equal(10ul, early.Plus(5).Milliseconds);
    }

    [Fact]
    public void Quantities_are_ordered_by_value()
    {
        Assert.True(new Height(1) < new Height(2) && new Height(2) <= new Height(2));
        Assert.True(new View(3) > new View(2) && new View(2) >= new View(2));
        Assert.True(new Epoch(1) < new Epoch(2));
        Assert.True(new NodeIndex(1) < new NodeIndex(2));
        Assert.True(new Timestamp(1) < new Timestamp(2));
    }

    [Fact]
    public void A_broken_invariant_names_its_condition_and_place()
    {
        int two = 2;
        var broken = Assert.Throws<InvariantException>(() => Invariant.Check(two > 3));
        Assert.Contains("two > 3", broken.Message);
        Assert.Contains("QuantityTests.cs:", broken.Message);
        Invariant.Check(two < 3);
    }
}
