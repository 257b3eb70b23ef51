namespace Aeamc.P2P.Primitives;

/// <summary>A member's place in its epoch's committee, counted from 0. Meaningful only together with an epoch.</summary>
public readonly record struct NodeIndex(ushort Value) : IComparable<NodeIndex>
{
    public int CompareTo(NodeIndex other) => Value.CompareTo(other.Value);

    public static bool operator <(NodeIndex left, NodeIndex right) => left.Value < right.Value;

    public static bool operator >(NodeIndex left, NodeIndex right) => left.Value > right.Value;

    public static bool operator <=(NodeIndex left, NodeIndex right) => left.Value <= right.Value;

    public static bool operator >=(NodeIndex left, NodeIndex right) => left.Value >= right.Value;

    public override int GetHashCode() => Value;

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
