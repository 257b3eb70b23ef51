namespace Aeamc.P2P.Consensus.Microblocks;

/// <summary>One ledger entry as consensus sees it: a kind and opaque bytes. Equal when both are.</summary>
public readonly struct BatchEntry(byte kind, ReadOnlyMemory<byte> bytes) : IEquatable<BatchEntry>
{
    /// <summary>The most bytes of one entry: 48 KiB, so that the largest envelope fits a batch with room for its frame.</summary>
    public const int MaxSize = 48 * 1024;

    /// <summary>The ledger's entry kind.</summary>
    public byte Kind { get; } = kind;

    /// <summary>The envelope, 1 to <see cref="MaxSize"/> bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public bool Equals(BatchEntry other) => Kind == other.Kind && Bytes.Span.SequenceEqual(other.Bytes.Span);

    public override bool Equals(object? obj) => obj is BatchEntry other && Equals(other);

    public override int GetHashCode() => unchecked((Kind * 31) + Bytes.Length);

    public static bool operator ==(BatchEntry left, BatchEntry right) => left.Equals(right);

    public static bool operator !=(BatchEntry left, BatchEntry right) => !left.Equals(right);
}
