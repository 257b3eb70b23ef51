using System.Buffers.Binary;

namespace Aeamc.P2P.Fuzz.Parsers.MessagePack;

/// <summary>
/// A MessagePack value as a tree: arrays, and leaves with their codes. What is changed in it is written with the counts and lengths that belong to it, in the
/// shortest form unless the form is what was changed. A binary that holds an array is a tree of its own.
/// </summary>
internal sealed class MessagePackTree
{
    private const int MaxDepth = 12;
    private const ulong MaxItems = 1 << 20;
    private const byte Nil = 0xC0, False = 0xC2, True = 0xC3;

    // An array has items, a leaf a code of its kind (0xC4 binary, 0xD9 text, 0xCF number, 0xD3 negative number, or nil and booleans) and its bytes.
    private List<MessagePackTree>? _items;
    private byte _code;
    private byte[] _bytes = [];
    private MessagePackTree? _inner;
    private int _wider;

    /// <summary>Reads one value and nothing behind it; null when the bytes are none of the canonical subset.</summary>
    public static MessagePackTree? TryRead(ReadOnlySpan<byte> bytes) => TryRead(ref bytes, 0) is { } tree && bytes.IsEmpty ? tree : null;

    /// <summary>Makes one change somewhere in the tree.</summary>
    public void Change(Random random)
    {
        if (_inner is { } inner && random.Next(4) > 0)
        {
            inner.Change(random);
            return;
        }

        if (_items is { Count: > 0 } items && random.Next(4) > 0)
        {
            Draw.Of(random, items).Change(random);
            return;
        }

        if (_items is null)
        {
            ChangeLeaf(random);
        }
        else
        {
            ChangeItems(_items, random);
        }
    }

    /// <summary>Writes the value.</summary>
    public byte[] Write(int maxLength)
    {
        var all = new List<byte>();
        Append(all, maxLength, 0);
        return [.. all];
    }

    private static MessagePackTree? TryRead(ref ReadOnlySpan<byte> bytes, int depth)
    {
        if (bytes.IsEmpty || depth > MaxDepth)
        {
            return null;
        }

        byte code = bytes[0];
        bytes = bytes[1..];
        switch (code)
        {
            case Nil or False or True:
                return new MessagePackTree { _code = code };
            case <= 0x7F or >= 0xE0:
                return new MessagePackTree { _code = code <= 0x7F ? (byte)0xCF : (byte)0xD3, _bytes = BigEndian(unchecked((ulong)(sbyte)code)) };
            case >= 0x90 and <= 0x9F:
                return Items(ref bytes, code & 0x0F, depth);
            case 0xDC or 0xDD:
                return TryNumber(ref bytes, code == 0xDC ? 2 : 4) is { } count and <= MaxItems ? Items(ref bytes, (int)count, depth) : null;
            case >= 0xA0 and <= 0xBF:
                return Leaf(ref bytes, 0xD9, (ulong)(code & 0x1F), depth);
            case >= 0xC4 and <= 0xC6:
                return TryNumber(ref bytes, 1 << (code - 0xC4)) is { } binary ? Leaf(ref bytes, 0xC4, binary, depth) : null;
            case >= 0xD9 and <= 0xDB:
                return TryNumber(ref bytes, 1 << (code - 0xD9)) is { } text ? Leaf(ref bytes, 0xD9, text, depth) : null;
            case >= 0xCC and <= 0xCF:
                return TryNumber(ref bytes, 1 << (code - 0xCC)) is { } number ? new MessagePackTree { _code = 0xCF, _bytes = BigEndian(number) } : null;
            case >= 0xD0 and <= 0xD3:
                int size = 1 << (code - 0xD0);
                return TryNumber(ref bytes, size) is { } negative
                    ? new MessagePackTree { _code = 0xD3, _bytes = BigEndian(unchecked((ulong)((long)(negative << (64 - (8 * size))) >> (64 - (8 * size))))) }
                    : null;
            default:
                return null;
        }
    }

    private static ulong? TryNumber(ref ReadOnlySpan<byte> bytes, int size)
    {
        if (size > bytes.Length)
        {
            return null;
        }

        ulong value = 0;
        foreach (byte b in bytes[..size])
        {
            value = (value << 8) | b;
        }

        bytes = bytes[size..];
        return value;
    }

    private static MessagePackTree? Items(ref ReadOnlySpan<byte> bytes, int count, int depth)
    {
        var items = new List<MessagePackTree>();
        for (int i = 0; i < count; i++)
        {
            if (TryRead(ref bytes, depth + 1) is not { } item)
            {
                return null;
            }

            items.Add(item);
        }

        return new MessagePackTree { _items = items };
    }

    private static MessagePackTree? Leaf(ref ReadOnlySpan<byte> bytes, byte code, ulong length, int depth)
    {
        if (length > (ulong)bytes.Length)
        {
            return null;
        }

        ReadOnlySpan<byte> content = bytes[..(int)length];
        bytes = bytes[(int)length..];
        ReadOnlySpan<byte> rest = content;
        MessagePackTree? inner = code == 0xC4 && content is [>= 0x91 and <= 0x9F or 0xDC, ..] && TryRead(ref rest, depth + 1) is { } tree && rest.IsEmpty ? tree : null;
        return new MessagePackTree { _code = code, _bytes = content.ToArray(), _inner = inner };
    }

    private static byte[] BigEndian(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    private static void ChangeItems(List<MessagePackTree> items, Random random)
    {
        int at = random.Next(items.Count + 1);
        MessagePackTree item = at < items.Count ? items[at] : new MessagePackTree { _code = 0xCF, _bytes = BigEndian(1) };
        switch (random.Next(4))
        {
            case 0 when at < items.Count:
                items.RemoveAt(at);
                break;
            case 1:
                items.InsertRange(at, Enumerable.Repeat(item, 1 << random.Next(12)));
                break;
            case 2 when at < items.Count:
                (items[at], items[^1]) = (items[^1], item);
                break;
            default:
                items.Insert(at, new MessagePackTree { _items = [item] });
                break;
        }
    }

    private void ChangeLeaf(Random random)
    {
        _inner = null;
        switch (random.Next(5))
        {
            case 0:
                // The same number or length in a longer form: two forms of one value.
                _wider = random.Next(1, 4);
                break;
            case 1:
                _code = Draw.Of(random, (byte[])[0xC4, 0xD9, 0xCF, 0xD3, Nil, False, True]);
                _bytes = _code is 0xCF or 0xD3 ? BigEndian(Number(random)) : _bytes;
                break;
            case 2 when _code is 0xCF or 0xD3:
                _bytes = BigEndian(Number(random));
                break;
            case 3 when _code is 0xC4 or 0xD9:
                _bytes = Draw.Bytes(random, Draw.Of(random, (int[])[0, 1, 15, 31, 32, 33, 63, 64, 65, 255, 256, 65_535, 65_536]));
                break;
            default:
                byte[] changed = Mutator.ChangeLeaf(_bytes, random);
                Array.Resize(ref changed, _code is 0xCF or 0xD3 ? 8 : changed.Length);
                _bytes = changed;
                break;
        }
    }

    private static ulong Number(Random random) => random.Next(6) switch
    {
        0 => 0,
        1 => ulong.MaxValue,
        2 => long.MaxValue,
        3 => 1UL << random.Next(64),
        4 => (1UL << random.Next(64)) - 1,
        _ => (ulong)random.NextInt64(),
    };

    private void Append(List<byte> all, int maxLength, int depth)
    {
        if (all.Count > maxLength)
        {
            return;
        }

        if (_items is { } items)
        {
            Head(all, (ulong)items.Count, small: 0x90, smallMax: 15, [], first: 0xDC, sizes: [2, 4]);
            foreach (MessagePackTree item in items)
            {
                item.Append(all, maxLength, depth + 1);
            }

            return;
        }

        byte[] bytes = _inner is { } inner && depth <= MaxDepth ? inner.Write(maxLength) : _bytes;
        switch (_code)
        {
            case 0xC4:
                Head(all, (ulong)bytes.Length, small: 0, smallMax: -1, bytes, first: 0xC4, sizes: [1, 2, 4]);
                break;
            case 0xD9:
                Head(all, (ulong)bytes.Length, small: 0xA0, smallMax: 31, bytes, first: 0xD9, sizes: [1, 2, 4]);
                break;
            case 0xCF:
                Head(all, BinaryPrimitives.ReadUInt64BigEndian(bytes), small: 0, smallMax: 127, [], first: 0xCC, sizes: [1, 2, 4, 8]);
                break;
            case 0xD3:
                AppendNegative(all, BinaryPrimitives.ReadInt64BigEndian(bytes));
                break;
            default:
                all.Add(_code);
                break;
        }
    }

    // A number in its shortest form, or in one that is wider by so many steps, and what it is the length of.
    private void Head(List<byte> all, ulong number, byte small, int smallMax, byte[] content, byte first, int[] sizes)
    {
        int form = smallMax >= 0 && number <= (ulong)smallMax ? -1 : Array.FindIndex(sizes, size => size == 8 || number >> (8 * size) == 0);
        form = Math.Min(form + _wider, sizes.Length - 1);
        if (form < 0)
        {
            all.Add((byte)(small | (byte)number));
        }
        else
        {
            all.Add((byte)(first + form));
            all.AddRange(BigEndian(number)[(8 - sizes[form])..]);
        }

        all.AddRange(content);
    }

    private void AppendNegative(List<byte> all, long value)
    {
        int form = value switch { >= 0 => 3, >= -32 => -1, >= sbyte.MinValue => 0, >= short.MinValue => 1, >= int.MinValue => 2, _ => 3 };
        form = Math.Min(form + _wider, 3);
        if (form < 0)
        {
            all.Add(unchecked((byte)value));
            return;
        }

        all.Add((byte)(0xD0 + form));
        all.AddRange(BigEndian(unchecked((ulong)value))[(8 - (1 << form))..]);
    }
}
