namespace Aeamc.P2P.Fuzz.Parsers;

/// <summary>Values of the kinds that grammars need, each from the run's random numbers alone.</summary>
internal static class Draw
{
    public static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    public static T Of<T>(Random random, IReadOnlyList<T> list) => list[random.Next(list.Count)];

    /// <summary>A whole number at or near an end of its range, or anywhere.</summary>
    public static uint UInt32(Random random) => random.Next(7) switch
    {
        0 => 0,
        1 => 1,
        2 => uint.MaxValue,
        3 => int.MaxValue,
        4 => 1u << random.Next(32),
        5 => (1u << random.Next(32)) - 1,
        _ => (uint)random.NextInt64(1L << 32),
    };

    /// <summary>Printable ASCII.</summary>
    public static string Text(Random random, int length) => string.Create(length, random, static (text, random) =>
    {
        foreach (ref char c in text)
        {
            c = (char)random.Next('!', '~' + 1);
        }
    });
}
