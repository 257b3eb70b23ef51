namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>Reads protobuf fields in place, bounds first. A fault sticks: after it every read fails.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private const int MaxVarintBytes = 10;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Offset of the next unread byte.</summary>
    public int Position { get; private set; }

    public RpcFault Fault { get; private set; }

    /// <summary>Reads a tag; false at the end or on a fault.</summary>
    public bool TryReadTag(out int field, out WireType wireType)
    {
        field = 0;
        wireType = default;
        if (Position >= _bytes.Length || !TryReadVarint(out ulong tag))
        {
            return false;
        }

        wireType = (WireType)(tag & 7);
        if (tag >> 3 is 0 or > int.MaxValue >> 2)
        {
            return Fail(RpcFault.BadTag);
        }

        field = (int)(tag >> 3);
        return true;
    }

    public bool TryReadVarint(out ulong value)
    {
        value = 0;
        if (Fault != RpcFault.None)
        {
            return false;
        }

        for (int i = 0; i < MaxVarintBytes && Position < _bytes.Length; i++)
        {
            byte b = _bytes[Position++];
            if (i == MaxVarintBytes - 1 && b > 1)
            {
                break;
            }

            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                return true;
            }
        }

        return Fail(RpcFault.BadVarint);
    }

    /// <summary>Reads the place of a length-delimited field.</summary>
    public bool TryReadLength(WireType wireType, out int start, out int length)
    {
        start = 0;
        length = 0;
        if (wireType != WireType.LengthDelimited)
        {
            return Fail(RpcFault.BadTag);
        }

        if (!TryReadVarint(out ulong declared))
        {
            return false;
        }

        if (declared > (ulong)(_bytes.Length - Position))
        {
            return Fail(RpcFault.LengthOutOfBounds);
        }

        start = Position;
        length = (int)declared;
        Position += length;
        return true;
    }

    /// <summary>Reads a varint field.</summary>
    public bool TryReadVarint(WireType wireType, out ulong value)
    {
        value = 0;
        return wireType == WireType.Varint ? TryReadVarint(out value) : Fail(RpcFault.BadTag);
    }

    /// <summary>Passes over a field that is not known here.</summary>
    public bool TrySkip(WireType wireType) => wireType switch
    {
        WireType.Varint => TryReadVarint(out _),
        WireType.LengthDelimited => TryReadLength(wireType, out _, out _),
        WireType.Fixed64 => TrySkipBytes(8),
        WireType.Fixed32 => TrySkipBytes(4),
        _ => Fail(RpcFault.BadTag),
    };

    private bool TrySkipBytes(int count)
    {
        if (count > _bytes.Length - Position)
        {
            return Fail(RpcFault.LengthOutOfBounds);
        }

        Position += count;
        return true;
    }

    private bool Fail(RpcFault fault)
    {
        if (Fault == RpcFault.None)
        {
            Fault = fault;
        }

        return false;
    }
}

/// <summary>Protobuf wire types; groups are not accepted.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    LengthDelimited = 2,
    Fixed32 = 5,
}
