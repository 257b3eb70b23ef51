using System.Buffers.Binary;

namespace Aeamc.P2P.Fuzz.Parsers;

/// <summary>
/// Makes an input from a seed: a few changes, each of the kind that breaks parsers: flipped bits, lengths and counts at their extremes, type
/// bytes of MessagePack and protobuf, cut, doubled and swapped pieces, pieces of other seeds. Half of the inputs of protobuf parsers are changed as
/// trees (<see cref="ProtobufTree"/>). The same random numbers give the same input.
/// </summary>
internal static class Mutator
{
    /// <summary>No input is longer.</summary>
    public const int MaxLength = 256 * 1024;

    private static readonly byte[] Interesting =
    [
        0x00, 0x01, 0x7F, 0x80, 0x81, 0xFF, 0x08, 0x0A, 0x12, 0x1A, 0x22, 0x90, 0x91, 0x9F, 0xA0, 0xC0, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xCA, 0xCB, 0xCC,
        0xCD, 0xCE, 0xCF, 0xD0, 0xD3, 0xD9, 0xDA, 0xDC, 0xDD, 0xDE, 0xE0,
    ];

    private static readonly byte[][] Varints =
    [
        [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0x07], [0x80, 0x80, 0x80, 0x80, 0x10], [0x80, 0x00], [0xFF, 0x7F], [0x80, 0x80, 0x04],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
    ];

    public static byte[] Mutate(FuzzTarget target, Random random)
    {
        byte[] seed = target.Seeds.Count == 0 ? [] : target.Seeds[random.Next(target.Seeds.Count)];
        int changes = 1 + (random.Next(3) == 0 ? random.Next(16) : random.Next(3));
        if (target.IsProtobuf && random.Next(2) == 0 && ProtobufTree.TryRead(seed) is { } tree)
        {
            for (int i = 0; i < changes; i++)
            {
                tree.Change(random, leaf => Change(leaf, target, random));
            }

            byte[] written = tree.Write(MaxLength);
            return written.Length <= MaxLength ? written : written[..MaxLength];
        }

        List<byte> bytes = [.. seed];
        for (int i = 0; i < changes; i++)
        {
            Change(bytes, target, random);
        }

        return bytes.Count <= MaxLength ? [.. bytes] : [.. bytes[..MaxLength]];
    }

    private static byte[] Change(byte[] leaf, FuzzTarget target, Random random)
    {
        List<byte> bytes = [.. leaf];
        Change(bytes, target, random);
        return [.. bytes];
    }

    private static void Change(List<byte> bytes, FuzzTarget target, Random random)
    {
        int at = random.Next(bytes.Count + 1);
        switch (random.Next(11))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = Interesting[random.Next(Interesting.Length)];
                break;
            case 2:
                bytes.Insert(at, Interesting[random.Next(Interesting.Length)]);
                break;
            case 3:
                bytes.RemoveRange(at, Math.Min(Length(random), bytes.Count - at));
                break;
            case 4:
                bytes.InsertRange(at, Piece([.. bytes], random));
                break;
            case 5:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 6 when target.Seeds.Count > 0:
                bytes.InsertRange(at, Piece(target.Seeds[random.Next(target.Seeds.Count)], random));
                break;
            case 7:
                bytes.InsertRange(at, Varints[random.Next(Varints.Length)]);
                break;
            case 8:
                Overwrite(bytes, at, random);
                break;
            case 9 when target.Tokens.Count > 0:
                bytes.InsertRange(at, target.Tokens[random.Next(target.Tokens.Count)]);
                break;
            default:
                Repeat(bytes, at, random);
                break;
        }
    }

    private static int Length(Random random) => random.Next(4) switch { 0 => 1, 1 => random.Next(1, 9), 2 => random.Next(1, 65), _ => random.Next(1, 1025) };

    private static byte[] Piece(byte[] from, Random random)
    {
        int start = random.Next(from.Length + 1);
        return from.AsSpan(start, Math.Min(Length(random), from.Length - start)).ToArray();
    }

    private static void Overwrite(List<byte> bytes, int at, Random random)
    {
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(value, random.Next(5) switch
        {
            0 => ulong.MaxValue,
            1 => (ulong)long.MaxValue,
            2 => 0x80000000_80000000,
            3 => (ulong)bytes.Count,
            _ => (ulong)random.NextInt64(),
        });
        int width = 1 << random.Next(4);
        for (int i = 0; i < width && at + i < bytes.Count; i++)
        {
            bytes[at + i] = value[8 - width + i];
        }
    }

    private static void Repeat(List<byte> bytes, int at, Random random)
    {
        byte[] piece = Piece([.. bytes], random);
        int times = random.Next(1, 1 << random.Next(1, 10));
        for (int i = 0; i < times && bytes.Count < MaxLength; i++)
        {
            bytes.InsertRange(Math.Min(at, bytes.Count), piece);
        }
    }
}
