using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger.Tests;

public class UnitBitmapTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(65_535)]
    public void EveryUnitIsSetOnceAndReadsBack(int length)
    {
        var bitmap = new UnitBitmap(length);
        for (int unit = length - 1; unit >= 0; unit--)
        {
            Assert.False(bitmap[unit]);
            bitmap.Set(unit);
        }

        Assert.Equal(length, bitmap.Count);
        Assert.Equal(length, bitmap.RunLength(0, int.MaxValue));
        Assert.True(UnitBitmap.TryRead(bitmap.Bytes, length, out UnitBitmap read));
        Assert.Equal(length, read.Count);
        Assert.Throws<InvariantException>(() => read.Set(0));
        Assert.Throws<InvariantException>(() => read[length]);
        Assert.Equal(-1, new UnitBitmap(length).NextSet(0));
        for (int unit = 0; unit < length; unit++)
        {
            read.Clear(unit);
        }

        Assert.Equal(0, read.Count);
        Assert.Equal(-1, read.NextSet(0));
    }

    [Fact]
    public void NextSetAndRunsSkipGaps()
    {
        var bitmap = new UnitBitmap(100);
        foreach (int unit in (int[])[3, 4, 5, 17, 63, 64, 65, 99])
        {
            bitmap.Set(unit);
        }

        Assert.Equal(3, bitmap.NextSet(0));
        Assert.Equal(3, bitmap.RunLength(3, 50));
        Assert.Equal(2, bitmap.RunLength(3, 2));
        Assert.Equal(17, bitmap.NextSet(6));
        Assert.Equal(63, bitmap.NextSet(18));
        Assert.Equal(3, bitmap.RunLength(63, 50));
        Assert.Equal(99, bitmap.NextSet(66));
        Assert.Equal(1, bitmap.RunLength(99, 50));
    }

    [Fact]
    public void BitsPastTheEndAreRefused()
    {
        Assert.True(UnitBitmap.TryRead([0x01], 1, out _));
        Assert.False(UnitBitmap.TryRead([0x02], 1, out _));
        Assert.False(UnitBitmap.TryRead([0x01, 0x00], 8, out _));
        Assert.False(UnitBitmap.TryRead([], 8, out _));
    }
}
