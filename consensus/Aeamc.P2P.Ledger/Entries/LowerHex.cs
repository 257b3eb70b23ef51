using System.Buffers;

namespace Aeamc.P2P.Ledger;

/// <summary>Lower-case hexadecimal digits: the one spelling that Phase-1 signatures cover.</summary>
internal static class LowerHex
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Whether there is nothing but lower-case hexadecimal digits.</summary>
    public static bool IsOnly(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Digits);
}
