using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceApi.Http;

/// <summary>
/// Rewrites a reply's JSON as MessagePack, name by name: objects as maps, numbers as the shortest integer or a 64-bit float. For replies only; what is
/// signed or hashed has its own encodings.
/// </summary>
internal static class JsonTranscoder
{
    public static byte[] ToMessagePack(ReadOnlySpan<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json.ToArray());
        var output = new ArrayBufferWriter<byte>(json.Length);
        Write(document.RootElement, output);
        return output.WrittenSpan.ToArray();
    }

    private static void Write(JsonElement element, ArrayBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteMapHeader(element.GetPropertyCount(), output);
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    writer.Write(property.Name);
                    Write(property.Value, output);
                }

                break;
            case JsonValueKind.Array:
                writer.WriteArrayHeader(element.GetArrayLength());
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Write(item, output);
                }

                break;
            case JsonValueKind.String:
                writer.Write(element.GetString()!);
                break;
            case JsonValueKind.Number:
                WriteNumber(element, output);
                break;
            case JsonValueKind.True or JsonValueKind.False:
                writer.Write(element.GetBoolean());
                break;
            default:
                writer.WriteNil();
                break;
        }
    }

    private static void WriteNumber(JsonElement element, ArrayBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        if (element.TryGetUInt64(out ulong unsigned))
        {
            writer.Write(unsigned);
        }
        else if (element.TryGetInt64(out long signed))
        {
            writer.WriteSigned(signed);
        }
        else
        {
            Span<byte> bytes = output.GetSpan(9);
            bytes[0] = 0xcb;
            BinaryPrimitives.WriteDoubleBigEndian(bytes[1..], element.GetDouble());
            output.Advance(9);
        }
    }

    private static void WriteMapHeader(int count, ArrayBufferWriter<byte> output)
    {
        Span<byte> bytes = output.GetSpan(3);
        if (count <= 15)
        {
            bytes[0] = (byte)(0x80 | count);
            output.Advance(1);
            return;
        }

        bytes[0] = 0xde;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[1..], checked((ushort)count));
        output.Advance(3);
    }
}
