using System.Globalization;

namespace Aeamc.P2P.Testnet;

/// <summary>How fast synthetic devices post signed proofs.</summary>
/// <param name="PerSecond">Proofs per second; 0 for none, null for as many as the network takes.</param>
public readonly record struct LoadTarget(int? PerSecond)
{
    /// <summary>The fastest that can be asked for by number.</summary>
    public const int Highest = 1_000_000;

    /// <summary>As fast as the network takes.</summary>
    public static LoadTarget Max => new(null);

    public static LoadTarget None => new(0);

    /// <summary>Whether there is any load.</summary>
    public bool Wanted => PerSecond != 0;

    /// <summary>Reads <c>max</c> or a whole number from 0 to <see cref="Highest"/>.</summary>
    public static bool TryParse(string text, out LoadTarget target)
    {
        target = text == "max" ? Max : None;
        if (text == "max")
        {
            return true;
        }

        bool read = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rate) && rate <= Highest;
        target = read ? new LoadTarget(rate) : None;
        return read;
    }

    public override string ToString() => PerSecond?.ToString(CultureInfo.InvariantCulture) ?? "max";
}
