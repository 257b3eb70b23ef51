namespace Aeamc.P2P.Primitives;

/// <summary>Unix time in milliseconds, as carried by blocks and devices. Never compared with a clock inside the core.</summary>
public readonly record struct Timestamp(ulong Milliseconds) : IComparable<Timestamp>
{
    /// <summary>Milliseconds from <paramref name="earlier"/> to this one; 0 when this one is not later.</summary>
    public ulong Since(Timestamp earlier) => Milliseconds > earlier.Milliseconds ? Milliseconds - earlier.Milliseconds : 0;

    /// <summary>This time plus a span; saturates at the largest value instead of wrapping.</summary>
    public Timestamp Plus(ulong milliseconds) =>
        new(Milliseconds > ulong.MaxValue - milliseconds ? ulong.MaxValue : Milliseconds + milliseconds);

    public int CompareTo(Timestamp other) => Milliseconds.CompareTo(other.Milliseconds);

    public static bool operator <(Timestamp left, Timestamp right) => left.Milliseconds < right.Milliseconds;

    public static bool operator >(Timestamp left, Timestamp right) => left.Milliseconds > right.Milliseconds;

    public static bool operator <=(Timestamp left, Timestamp right) => left.Milliseconds <= right.Milliseconds;

    public static bool operator >=(Timestamp left, Timestamp right) => left.Milliseconds >= right.Milliseconds;

    public override int GetHashCode() => Milliseconds.GetHashCode();

    public override string ToString() => Milliseconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
