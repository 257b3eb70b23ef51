namespace Aeamc.P2P.Primitives;

/// <summary>A committee's term, counted from 0.</summary>
public readonly record struct Epoch(ulong Value) : IComparable<Epoch>
{
    public static Epoch Zero => default;

    /// <summary>The next one. Overflow is an error, never a wrap.</summary>
    public Epoch Next => new(checked(Value + 1));

    public int CompareTo(Epoch other) => Value.CompareTo(other.Value);

    public static bool operator <(Epoch left, Epoch right) => left.Value < right.Value;

    public static bool operator >(Epoch left, Epoch right) => left.Value > right.Value;

    public static bool operator <=(Epoch left, Epoch right) => left.Value <= right.Value;

    public static bool operator >=(Epoch left, Epoch right) => left.Value >= right.Value;

    public override int GetHashCode() => Value.GetHashCode();

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
