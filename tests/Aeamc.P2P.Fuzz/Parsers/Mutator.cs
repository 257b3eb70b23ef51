using System.Buffers.Binary;

namespace Aeamc.P2P.Fuzz.Parsers;

/// <summary>
/// Makes the inputs of a run. Where the structure is known (<see cref="Grammar"/>) an eighth is sound, half is changed in its parts, and of an eighth the bytes are
/// changed after that; everything else are seeds with a few changes of the kind that breaks parsers: flipped bits, lengths and counts at their extremes, type
/// bytes of MessagePack and protobuf, cut, doubled and swapped pieces, pieces of other seeds. The same random numbers give the same input.
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

    public static FuzzInput Make(FuzzTarget target, Random random)
    {
        int changes = 1 + (random.Next(3) == 0 ? random.Next(16) : random.Next(3));
        int kind = target.Grammar is null ? 7 : random.Next(8);
        return kind switch
        {
            0 => target.Grammar!.Sound(random),
            <= 4 => new FuzzInput(target.Grammar!.Changed(random, changes)),
            5 => new FuzzInput(Change(target.Grammar!.Changed(random, 1), target.Seeds, target.Tokens, changes, random)),
            _ => new FuzzInput(Change(target.Seeds.Count == 0 ? [] : Draw.Of(random, target.Seeds), target.Seeds, target.Tokens, changes, random)),
        };
    }

    /// <summary>A value without structure after one change.</summary>
    public static byte[] ChangeLeaf(byte[] leaf, Random random) => Change(leaf, [], [], 1, random);

    private static byte[] Change(byte[] from, IReadOnlyList<byte[]> seeds, IReadOnlyList<byte[]> tokens, int changes, Random random)
    {
        List<byte> bytes = [.. from];
        for (int i = 0; i < changes; i++)
        {
            Change(bytes, seeds, tokens, random);
        }

        return bytes.Count <= MaxLength ? [.. bytes] : [.. bytes[..MaxLength]];
    }

    private static void Change(List<byte> bytes, IReadOnlyList<byte[]> seeds, IReadOnlyList<byte[]> tokens, Random random)
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
            case 6 when seeds.Count > 0:
                bytes.InsertRange(at, Piece(Draw.Of(random, seeds), random));
                break;
            case 7:
                bytes.InsertRange(at, Varints[random.Next(Varints.Length)]);
                break;
            case 8:
                Overwrite(bytes, at, random);
                break;
            case 9 when tokens.Count > 0:
                bytes.InsertRange(at, Draw.Of(random, tokens));
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
