using System.Runtime.CompilerServices;

namespace Aeamc.P2P.Consensus.Votes;

/// <summary>A 64-byte Ed25519 signature by value: no array per vote. Never an identity: compare statements, not signatures.</summary>
public readonly struct VoteSignature : IEquatable<VoteSignature>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 64;

    private readonly Bytes _bytes;

    /// <summary>Reads exactly 64 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 64 bytes long.</exception>
    public VoteSignature(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A signature has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        bytes.CopyTo(_bytes);
    }

    /// <summary>Writes the 64 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_bytes).CopyTo(destination);

    public bool Equals(VoteSignature other) => ((ReadOnlySpan<byte>)_bytes).SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => obj is VoteSignature other && Equals(other);

    public override int GetHashCode() => BitConverter.ToInt32(_bytes);

    public static bool operator ==(VoteSignature left, VoteSignature right) => left.Equals(right);

    public static bool operator !=(VoteSignature left, VoteSignature right) => !left.Equals(right);

    /// <summary>128 lowercase hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(_bytes);

    [InlineArray(Size)]
    private struct Bytes
    {
        private byte _first;
    }
}
