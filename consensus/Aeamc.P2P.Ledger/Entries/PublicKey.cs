using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// A signing key as it is named on the wire: 32 bytes of Ed25519, or 33 bytes of a compressed P-256 point (SEC 1, 2.3.3). The form is checked, not
/// whether the bytes are a point of the curve: that is the verifier's part, and a key that is none verifies nothing.
/// </summary>
public readonly record struct PublicKey : IComparable<PublicKey>
{
    /// <summary>Length of an Ed25519 key.</summary>
    public const int Ed25519Size = 32;

    /// <summary>Length of a compressed P-256 key.</summary>
    public const int P256Size = 33;

    private readonly byte _prefix;
    private readonly Hash256 _body;

    private PublicKey(byte prefix, Hash256 body)
    {
        _prefix = prefix;
        _body = body;
    }

    /// <summary>A committee member's key.</summary>
    public static PublicKey Of(NodeId node)
    {
        Span<byte> bytes = stackalloc byte[NodeId.Size];
        node.CopyTo(bytes);
        return new PublicKey(0, new Hash256(bytes));
    }

    /// <summary>Whether this is a P-256 key; otherwise it is an Ed25519 key.</summary>
    public bool IsP256 => _prefix != 0;

    /// <summary>Length in bytes, 32 or 33.</summary>
    public int Length => IsP256 ? P256Size : Ed25519Size;

    /// <summary>Whether a signature of this algorithm can be made with this key.</summary>
    public bool Serves(SignatureAlgorithm algorithm) =>
        algorithm switch
        {
            SignatureAlgorithm.Ed25519 => !IsP256,
            SignatureAlgorithm.Es256 or SignatureAlgorithm.Es256Der => IsP256,
            _ => false,
        };

    /// <summary>Reads 32 bytes, or 33 bytes that begin with 2 or 3.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out PublicKey key)
    {
        key = bytes.Length switch
        {
            Ed25519Size => new PublicKey(0, new Hash256(bytes)),
            P256Size when bytes[0] is 2 or 3 => new PublicKey(bytes[0], new Hash256(bytes[1..])),
            _ => default,
        };
        return bytes.Length == Ed25519Size || key._prefix != 0;
    }

    /// <summary>Parses 64 or 66 hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out PublicKey key)
    {
        key = default;
        Span<byte> bytes = stackalloc byte[P256Size];
        return text is { Length: 2 * Ed25519Size or 2 * P256Size }
            && Convert.FromHexString(text, bytes, out _, out int written) == System.Buffers.OperationStatus.Done
            && TryParse(bytes[..written], out key);
    }

    /// <summary>Writes <see cref="Length"/> bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        if (IsP256)
        {
            destination[0] = _prefix;
            destination = destination[1..];
        }

        _body.CopyTo(destination);
    }

    /// <summary>A new array of the key's bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>This key as a node's identity, when it is an Ed25519 key.</summary>
    public bool TryToNodeId(out NodeId node)
    {
        node = IsP256 ? default : new NodeId(_body.ToArray());
        return !IsP256;
    }

    public int CompareTo(PublicKey other)
    {
        int order = _prefix.CompareTo(other._prefix);
        return order != 0 ? order : _body.CompareTo(other._body);
    }

    public static bool operator <(PublicKey left, PublicKey right) => left.CompareTo(right) < 0;

    public static bool operator >(PublicKey left, PublicKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(PublicKey left, PublicKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(PublicKey left, PublicKey right) => left.CompareTo(right) >= 0;

    public override int GetHashCode() => _body.GetHashCode();

    /// <summary>Lower-case hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());
}
