using System.Globalization;
using System.Text;
using System.Text.Json;
using Aeamc.P2P.Simulator.Adversaries;

namespace Aeamc.P2P.Simulator.Cli;

/// <summary>Words and numbers of the command line, both ways.</summary>
public static class CommandLine
{
    /// <summary>The command that repeats a run. Faults are spelled out, so nothing is drawn that a shrunken run does not have.</summary>
    public static string For(SimulationOptions o)
    {
        var text = new StringBuilder("aeamc simulate");
        Append("nodes", o.Nodes);
        Append("blocks", o.Blocks);
        text.Append(CultureInfo.InvariantCulture, $" --seed {o.Seed} --delay {o.Latency.Name}");
        if (o.Jitter > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" --jitter {o.Jitter / 1000.0}ms");
        }

        AppendShare("loss", o.LossPermille);
        AppendShare("duplicate", o.DuplicatePermille);
        if (o.ByzantineCount > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" --attack {string.Join(',', o.Attacks.Select(Name))} --byzantine {o.ByzantineCount}");
        }

        if (o.ClockDriftPermille > 0)
        {
            Append("drift", o.ClockDriftPermille);
        }

        if (o.ClockSkew > 0)
        {
            Append("skew", o.ClockSkew);
        }

        if (o.Stack != Application.StackKind.Consensus)
        {
            text.Append(CultureInfo.InvariantCulture, $" --stack {o.Stack} --devices {o.Devices}{(o.Signs ? " --sign" : "")}");
        }

        if (o.Load != Load.Busy)
        {
            text.Append(CultureInfo.InvariantCulture, $" --load {o.Load}");
        }

        if (o.TroubleTime is { } trouble)
        {
            Append("trouble", trouble);
        }

        if (o.Faults.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" --faults {string.Join(',', o.Faults)}");
        }

        return text.ToString();

        void Append(string name, int value) => text.Append(CultureInfo.InvariantCulture, $" --{name} {value}");

        void AppendShare(string name, int permille)
        {
            if (permille > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $" --{name} {permille / 1000.0}");
            }
        }
    }

    /// <summary>silent-leader for SilentLeader.</summary>
    public static string Name(Attack attack) => JsonNamingPolicy.KebabCaseLower.ConvertName(attack.ToString());

    public static Attack? Parse(string name)
    {
        foreach (Attack attack in Enum.GetValues<Attack>())
        {
            if (Name(attack) == name)
            {
                return attack;
            }
        }

        return null;
    }

    /// <summary>Microseconds in "50ms", "2.5ms" or "50"; null for anything else or more than 100 s.</summary>
    public static int? Microseconds(string text)
    {
        string number = text.EndsWith("ms", StringComparison.Ordinal) ? text[..^2] : text;
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double milliseconds) && milliseconds <= 100_000
            ? (int)Math.Round(milliseconds * 1000)
            : null;
    }
}
