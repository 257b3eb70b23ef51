using System.Diagnostics.CodeAnalysis;

namespace Aeamc.P2P.Primitives;

/// <summary>A node's identity: its 32-byte Ed25519 public key. The same key is its libp2p peer id and its vote key.</summary>
public readonly record struct NodeId : IComparable<NodeId>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    private readonly Hash256 _key;

    /// <summary>Reads exactly 32 bytes.</summary>
    public NodeId(ReadOnlySpan<byte> publicKey) => _key = new Hash256(publicKey);

    /// <summary>Writes the 32 key bytes.</summary>
    public void CopyTo(Span<byte> destination) => _key.CopyTo(destination);

    /// <summary>A new array of the 32 key bytes.</summary>
    public byte[] ToArray() => _key.ToArray();

    /// <summary>Parses 64 hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out NodeId id)
    {
        bool parsed = Hash256.TryParse(text, out Hash256 key);
        id = parsed ? new NodeId(key.ToArray()) : default;
        return parsed;
    }

    public int CompareTo(NodeId other) => _key.CompareTo(other._key);

    public static bool operator <(NodeId left, NodeId right) => left.CompareTo(right) < 0;

    public static bool operator >(NodeId left, NodeId right) => left.CompareTo(right) > 0;

    public static bool operator <=(NodeId left, NodeId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(NodeId left, NodeId right) => left.CompareTo(right) >= 0;

    public override int GetHashCode() => _key.GetHashCode();

    /// <summary>64 lowercase hexadecimal digits.</summary>
    public override string ToString() => _key.ToString();

    /// <summary>The first 8 hexadecimal digits, for logs.</summary>
    public string ToShortString() => _key.ToShortString();
}
