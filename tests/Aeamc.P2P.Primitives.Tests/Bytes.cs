using System.Buffers;

namespace Aeamc.P2P.Primitives.Tests;

/// <summary>Byte strings for tests.</summary>
internal static class Bytes
{
    public delegate void Encoder(ref MessagePackWriter writer);

    /// <summary>Hexadecimal digits, with any white space between them.</summary>
    public static byte[] Hex(string text) => Convert.FromHexString(string.Concat(text.Where(c => !char.IsWhiteSpace(c))));

    /// <summary>start, start + 1, ... (mod 256).</summary>
    public static byte[] Count(int start, int length) => [.. Enumerable.Range(start, length).Select(i => unchecked((byte)i))];

    /// <summary>A hash of the bytes start, start + 1, ...</summary>
    public static Hash256 Hash(int start) => new(Count(start, 32));

    public static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    public static byte[] Encoded(Encoder encode)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        encode(ref writer);
        return buffer.WrittenSpan.ToArray();
    }
}
