using System.Buffers;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>What a coordinator asks of a signer (<c>/aeamc/sign/1</c>): [height, ROAST request bin]; the answer is a ROAST reply.</summary>
public static class CheckpointRequest
{
    /// <summary>The longest request and the longest reply.</summary>
    public const int MaximumSize = 64 * 1024;

    public static byte[] Encode(Height height, ReadOnlySpan<byte> roast)
    {
        var buffer = new ArrayBufferWriter<byte>(roast.Length + 16);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write(height.Value);
        writer.Write(roast);
        return buffer.WrittenSpan.ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Height height, out ReadOnlySpan<byte> roast)
    {
        var reader = new MessagePackReader(bytes);
        roast = default;
        height = default;
        if (!reader.TryReadArrayHeader(2) || !reader.TryReadUInt64(out ulong number) || !reader.TryReadBinary(MaximumSize, out roast))
        {
            return false;
        }

        height = new Height(number);
        return reader.End;
    }
}
