namespace Aeamc.P2P.Primitives;

/// <summary>A block's distance from genesis; genesis has height 0.</summary>
public readonly record struct Height(ulong Value) : IComparable<Height>
{
    public static Height Zero => default;

    /// <summary>The next one. Overflow is an error, never a wrap.</summary>
    public Height Next => new(checked(Value + 1));

    public int CompareTo(Height other) => Value.CompareTo(other.Value);

    public static bool operator <(Height left, Height right) => left.Value < right.Value;

    public static bool operator >(Height left, Height right) => left.Value > right.Value;

    public static bool operator <=(Height left, Height right) => left.Value <= right.Value;

    public static bool operator >=(Height left, Height right) => left.Value >= right.Value;

    public override int GetHashCode() => Value.GetHashCode();

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
