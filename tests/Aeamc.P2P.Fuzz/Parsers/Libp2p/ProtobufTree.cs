namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>
/// A protobuf message as a tree of fields. What is changed in it is written with the lengths that belong to it, so that a change deep inside reaches the
/// code deep inside, instead of failing at the first length.
/// </summary>
internal sealed class ProtobufTree
{
    private const int MaxDepth = 8;
    private const int MaxVarint = 10;
    private const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;

    private readonly List<Field> _fields = [];

    private sealed record Field(ulong Key, ulong Number, byte[] Bytes, ProtobufTree? Message);

    /// <summary>Reads a message; null when the bytes are none.</summary>
    public static ProtobufTree? TryRead(ReadOnlySpan<byte> bytes, int depth = 0)
    {
        var tree = new ProtobufTree();
        while (!bytes.IsEmpty)
        {
            if (!TryReadVarint(ref bytes, out ulong key) || key >> 3 == 0)
            {
                return null;
            }

            ulong number = 0;
            int size = (int)(key & 7) switch { Fixed64 => 8, Fixed32 => 4, _ => 0 };
            if ((key & 7) is Varint or Delimited)
            {
                if (!TryReadVarint(ref bytes, out number))
                {
                    return null;
                }

                size = (key & 7) == Delimited ? (int)Math.Min(number, int.MaxValue) : 0;
            }
            else if (size == 0)
            {
                return null;
            }

            if (size > bytes.Length)
            {
                return null;
            }

            ReadOnlySpan<byte> content = bytes[..size];
            bytes = bytes[size..];
            ProtobufTree? message = (key & 7) == Delimited && size > 1 && depth < MaxDepth ? TryRead(content, depth + 1) : null;
            tree._fields.Add(new Field(key, number, content.ToArray(), message));
        }

        return tree;
    }

    /// <summary>Makes one change somewhere in the tree.</summary>
    /// <param name="random">Where and which.</param>
    /// <param name="change">Changes the bytes of a field that holds no message.</param>
    public void Change(Random random, Func<byte[], byte[]> change)
    {
        if (_fields.Count == 0)
        {
            _fields.Add(new Field(((ulong)random.Next(1, 20) << 3) | Delimited, 0, change([]), null));
            return;
        }

        int at = random.Next(_fields.Count);
        Field field = _fields[at];
        if (field.Message is { } message && random.Next(3) > 0)
        {
            message.Change(random, change);
            return;
        }

        switch (random.Next(6))
        {
            case 0:
                _fields.RemoveAt(at);
                break;
            case 1:
                // The same field many times: lists at and beyond their caps.
                _fields.InsertRange(at, Enumerable.Repeat(field, 1 << random.Next(13)));
                break;
            case 2:
                (_fields[at], _fields[^1]) = (_fields[^1], field);
                break;
            case 3:
                _fields[at] = field with { Key = ((ulong)random.Next(1, 20) << 3) | (field.Key & 7) };
                break;
            case 4 when field.Message is not null:
                // A message inside itself.
                _fields.Add(field);
                field.Message._fields.Add(field with { Message = TryRead(field.Bytes) });
                break;
            default:
                _fields[at] = field with { Message = null, Bytes = Sized(field, change(field.Bytes)), Number = Extreme(random) };
                break;
        }
    }

    // A number of four or eight bytes has no length that could say otherwise.
    private static byte[] Sized(Field field, byte[] bytes)
    {
        if ((field.Key & 7) == Delimited)
        {
            return bytes;
        }

        Array.Resize(ref bytes, field.Bytes.Length);
        return bytes;
    }

    /// <summary>Writes the message with true lengths, up to <paramref name="maxLength"/> bytes.</summary>
    public byte[] Write(int maxLength, int depth = 0)
    {
        var all = new List<byte>();
        foreach (Field field in _fields)
        {
            Append(all, field.Key);
            byte[] content = field.Message is { } message && depth <= MaxDepth ? message.Write(maxLength, depth + 1) : field.Bytes;
            switch ((int)(field.Key & 7))
            {
                case Varint:
                    Append(all, field.Number);
                    break;
                case Delimited:
                    Append(all, (ulong)content.Length);
                    all.AddRange(content);
                    break;
                default:
                    all.AddRange(content);
                    break;
            }

            if (all.Count > maxLength)
            {
                break;
            }
        }

        return [.. all];
    }

    private static ulong Extreme(Random random) => random.Next(6) switch
    {
        0 => 0UL,
        4 => ulong.MaxValue,
        1 => (ulong)long.MaxValue,
        2 => uint.MaxValue,
        3 => (ulong)random.Next(256),
        _ => (ulong)random.NextInt64(),
    };

    // Protobuf's, of 64 bits, not those of libp2p. Only in the shortest form: bytes that are no message but look like one come back as they were.
    private static bool TryReadVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int i = 0; i < Math.Min(bytes.Length, MaxVarint); i++)
        {
            byte b = bytes[i];
            if ((b == 0 && i > 0) || (i == MaxVarint - 1 && b > 1))
            {
                return false;
            }

            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    private static void Append(List<byte> all, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            all.Add((byte)((value & 0x7F) | 0x80));
        }

        all.Add((byte)value);
    }
}
