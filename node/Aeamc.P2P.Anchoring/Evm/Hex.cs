using System.Buffers;
using System.Globalization;

namespace Aeamc.P2P.Anchoring.Evm;

/// <summary>The two ways JSON-RPC writes values (execution-apis): QUANTITY without leading zeros, DATA with two digits a byte, both after 0x.</summary>
internal static class Hex
{
    public static string Data(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    public static string Quantity(UInt128 value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);

    public static bool TryData(string? text, out byte[] bytes)
    {
        bytes = [];
        if (text is null || !text.StartsWith("0x", StringComparison.Ordinal) || text.Length % 2 != 0)
        {
            return false;
        }

        bytes = new byte[text.Length / 2 - 1];
        return Convert.FromHexString(text.AsSpan(2), bytes, out _, out _) == OperationStatus.Done;
    }

    public static bool TryQuantity(string? text, out UInt128 value)
    {
        value = 0;
        return text is { Length: > 2 } && text.StartsWith("0x", StringComparison.Ordinal)
            && UInt128.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
