using System.Globalization;

namespace Aeamc.P2P.Simulator.Twins;

/// <summary>
/// One scenario after Bano et al., "Twins: BFT Systems Made Robust" (2021): some members run twice with one key, all of them honest code, and in each of the first
/// views the nodes are split into two sides that do not hear one another.
/// </summary>
/// <param name="Members">Committee members.</param>
/// <param name="Twins">Members that run twice; their second node has the number Members + its place in this list.</param>
/// <param name="Sides">For each view from 1 on, the nodes on the second side as bits; node 0 is always on the first.</param>
public sealed record TwinsScenario(int Members, IReadOnlyList<int> Twins, IReadOnlyList<uint> Sides)
{
    /// <summary>Nodes on the network.</summary>
    public int Nodes => Members + Twins.Count;

    /// <summary>Whether a node hears another that is in a view.</summary>
    public bool Hears(ulong viewOfSender, int from, int to)
    {
        if (viewOfSender == 0 || viewOfSender > (ulong)Sides.Count)
        {
            return true;
        }

        uint side = Sides[(int)viewOfSender - 1];
        return ((side >> from) & 1) == ((side >> to) & 1);
    }

    /// <summary>"4/1/05,1e": members, twins, sides in hexadecimal.</summary>
    public override string ToString() =>
        $"{Members}/{string.Join(',', Twins)}/{string.Join(',', Sides.Select(s => s.ToString("x", CultureInfo.InvariantCulture)))}";

    /// <summary>Reads <see cref="ToString"/>; null for anything else.</summary>
    public static TwinsScenario? Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length != 3 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int members) || members is < 4 or > 20)
        {
            return null;
        }

        var twins = new List<int>();
        foreach (string twin in parts[1].Split(','))
        {
            if (!int.TryParse(twin, NumberStyles.None, CultureInfo.InvariantCulture, out int place) || place >= members || twins.Contains(place))
            {
                return null;
            }

            twins.Add(place);
        }

        var sides = new List<uint>();
        foreach (string side in parts[2].Split(','))
        {
            if (!uint.TryParse(side, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint bits))
            {
                return null;
            }

            sides.Add(bits);
        }

        return new TwinsScenario(members, twins, sides);
    }
}
