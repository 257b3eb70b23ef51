using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Libp2p.Multiformats;

/// <summary>
/// A libp2p peer id of an Ed25519 key: the identity multihash of the key's protobuf (libp2p specs, peer-ids.md).
/// Only Ed25519 peers exist here, so an id is its 32-byte key, and costs no allocation.
/// </summary>
public readonly record struct PeerId : IComparable<PeerId>
{
    /// <summary>Length of the binary form: multihash header (2), key protobuf header (4), key (32).</summary>
    public const int Size = 38;

    /// <summary>Length of the public key protobuf.</summary>
    public const int PublicKeyProtobufSize = 36;

    private readonly NodeId _node;

    private PeerId(NodeId node) => _node = node;

    // identity multihash of 36 bytes; key type 1 (Ed25519) in field 1; 32 bytes in field 2.
    private static ReadOnlySpan<byte> Prefix => [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];

    /// <summary>The id of the node with this public key.</summary>
    public static PeerId FromNodeId(NodeId node) => new(node);

    /// <summary>The id of this 32-byte Ed25519 public key.</summary>
    public static PeerId FromPublicKey(ReadOnlySpan<byte> publicKey) => new(new NodeId(publicKey));

    /// <summary>The node: the peer's raw public key.</summary>
    public NodeId ToNodeId() => _node;

    /// <summary>Reads the binary form (38 bytes); false for anything but an Ed25519 identity in its deterministic encoding.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PeerId id)
    {
        bool valid = bytes.Length == Size && bytes.StartsWith(Prefix);
        id = valid ? FromPublicKey(bytes[Prefix.Length..]) : default;
        return valid;
    }

    /// <summary>Reads the public key protobuf (36 bytes) that Noise, Identify and signed envelopes carry.</summary>
    public static bool TryReadPublicKey(ReadOnlySpan<byte> protobuf, out PeerId id)
    {
        bool valid = protobuf.Length == PublicKeyProtobufSize && protobuf.StartsWith(Prefix[2..]);
        id = valid ? FromPublicKey(protobuf[4..]) : default;
        return valid;
    }

    /// <summary>Parses base58btc (<c>12D3Koo…</c>) or a CIDv1 with codec libp2p-key in base32 (<c>bafz…</c>), base36 (<c>k51…</c>) or base58 (<c>z…</c>).</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PeerId id)
    {
        Span<byte> bytes = stackalloc byte[Base58.MaxBytes];
        if (text.StartsWith("1", StringComparison.Ordinal))
        {
            id = default;
            return Base58.TryDecode(text, bytes, out int length) && TryRead(bytes[..length], out id);
        }

        id = default;
        if (!Multibase.TryDecode(text, bytes, out int written))
        {
            return false;
        }

        ReadOnlySpan<byte> cid = bytes[..written];
        return UVarint.TryRead(ref cid, out ulong version) && version == 1
            && UVarint.TryRead(ref cid, out ulong codec) && codec == Multicodec.Libp2pKey
            && TryRead(cid, out id);
    }

    /// <summary>Parses as <see cref="TryParse"/> does.</summary>
    /// <exception cref="FormatException">The text is not an Ed25519 peer id.</exception>
    public static PeerId Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out PeerId id) ? id : throw new FormatException($"'{text}' is not the peer id of an Ed25519 key.");

    /// <summary>Writes the 38-byte binary form.</summary>
    public void CopyTo(Span<byte> destination)
    {
        Prefix.CopyTo(destination);
        _node.CopyTo(destination[Prefix.Length..]);
    }

    /// <summary>The 38-byte binary form.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>The public key protobuf, 36 bytes.</summary>
    public byte[] ToPublicKeyProtobuf() => ToArray()[2..];

    /// <summary>The CIDv1 form in base32.</summary>
    public string ToCidString()
    {
        Span<byte> cid = stackalloc byte[2 + Size];
        cid[0] = 1;
        cid[1] = (byte)Multicodec.Libp2pKey;
        CopyTo(cid[2..]);
        return Multibase.EncodeBase32(cid);
    }

    public int CompareTo(PeerId other) => _node.CompareTo(other._node);

    public static bool operator <(PeerId left, PeerId right) => left.CompareTo(right) < 0;

    public static bool operator >(PeerId left, PeerId right) => left.CompareTo(right) > 0;

    public static bool operator <=(PeerId left, PeerId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(PeerId left, PeerId right) => left.CompareTo(right) >= 0;

    public override int GetHashCode() => _node.GetHashCode();

    /// <summary>The base58btc form, <c>12D3Koo…</c>.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Base58.Encode(bytes);
    }

    /// <summary>The last 8 characters of the base58 form, for logs: the first ones are the same for every Ed25519 key.</summary>
    public string ToShortString() => ToString()[^8..];
}
