namespace Aeamc.P2P.Primitives;

/// <summary>A consensus view: one leader's try at a block. Views start at 1 in each epoch; 0 is the epoch's genesis.</summary>
public readonly record struct View(ulong Value) : IComparable<View>
{
    public static View Zero => default;

    /// <summary>The next one. Overflow is an error, never a wrap.</summary>
    public View Next => new(checked(Value + 1));

    public int CompareTo(View other) => Value.CompareTo(other.Value);

    public static bool operator <(View left, View right) => left.Value < right.Value;

    public static bool operator >(View left, View right) => left.Value > right.Value;

    public static bool operator <=(View left, View right) => left.Value <= right.Value;

    public static bool operator >=(View left, View right) => left.Value >= right.Value;

    public override int GetHashCode() => Value.GetHashCode();

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
