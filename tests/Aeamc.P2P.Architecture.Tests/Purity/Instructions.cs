using System.Buffers.Binary;
using System.Reflection.Emit;

namespace Aeamc.P2P.Architecture.Tests.Purity;

/// <summary>Reads the instructions of a method body (ECMA-335, partition III).</summary>
internal static class Instructions
{
    private static readonly SortedDictionary<int, OpCode> ByCode = Load();

    /// <summary>Each instruction with its four-byte operand where it is a metadata token, else 0.</summary>
    internal static IEnumerable<(OpCode Code, int Token)> Read(byte[] body)
    {
        int at = 0;
        while (at < body.Length)
        {
            int value = body[at] == 0xFE ? 0xFE00 | body[at + 1] : body[at];
            OpCode code = ByCode[value];
            at += code.Size;
            bool token = code.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType;
            yield return (code, token ? BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(at)) : 0);
            at += OperandBytes(code, body, at);
        }
    }

    private static int OperandBytes(OpCode code, byte[] body, int at) => code.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(at))),
        _ => 4,
    };

    private static SortedDictionary<int, OpCode> Load()
    {
        SortedDictionary<int, OpCode> codes = [];
        foreach (System.Reflection.FieldInfo field in typeof(OpCodes).GetFields())
        {
            var code = (OpCode)field.GetValue(null)!;
            codes.Add(unchecked((ushort)code.Value), code);
        }

        return codes;
    }
}
