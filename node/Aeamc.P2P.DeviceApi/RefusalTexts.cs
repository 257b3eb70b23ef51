using System.Collections.Frozen;
using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.DeviceApi;

/// <summary>Refusals in words, also from the stable codes that blocks are kept with.</summary>
public static class RefusalTexts
{
    private static readonly FrozenDictionary<string, string> Sentences =
        Enum.GetValues<RefusalCode>().ToFrozenDictionary(code => code.Code(), code => code.Explain());

    /// <summary>Code, colon, sentence.</summary>
    public static string Of(RefusalCode code) => $"{code.Code()}: {code.Explain()}";

    /// <summary>Code, colon, sentence; a code of a later version alone.</summary>
    public static string Of(string code) => Sentence(code) is { } sentence ? $"{code}: {sentence}" : code;

    /// <summary>The sentence of a code; null for one of a later version.</summary>
    public static string? Sentence(string code) => Sentences.GetValueOrDefault(code);

    /// <summary>The number of a code; null for one of a later version.</summary>
    public static RefusalCode? Parse(string code)
    {
        foreach (RefusalCode candidate in Enum.GetValues<RefusalCode>())
        {
            if (candidate.Code() == code)
            {
                return candidate;
            }
        }

        return null;
    }
}
