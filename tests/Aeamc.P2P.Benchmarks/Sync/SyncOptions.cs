using System.Globalization;

namespace Aeamc.P2P.Benchmarks.Sync;

/// <summary>What the catching-up benchmark measures.</summary>
/// <param name="Blocks">How far the late node is behind.</param>
/// <param name="Proofs">Proofs in each block of the history, 0..512.</param>
/// <param name="Start">How the late node begins: <c>blocks</c> or <c>snapshot</c>.</param>
/// <param name="Rounds">How often.</param>
/// <param name="Load">Proofs a second that the live network is given meanwhile.</param>
internal sealed record SyncOptions(int Blocks, int Proofs, string Start, int Rounds, int Load)
{
    public const string Usage = "sync [blocks] [--proofs N] [--start blocks|snapshot] [--rounds N] [--load PER-SECOND]";

    /// <summary>Reads the arguments after <c>sync</c>; null when they are not of the form of <see cref="Usage"/>.</summary>
    public static SyncOptions? Parse(ReadOnlySpan<string> arguments)
    {
        var options = new SyncOptions(10_000, 0, "blocks", 3, 200);
        if (!arguments.IsEmpty && TryRead(arguments[0], 1, 1_000_000, out int blocks))
        {
            options = options with { Blocks = blocks };
            arguments = arguments[1..];
        }

        for (; arguments.Length >= 2; arguments = arguments[2..])
        {
            SyncOptions? next = (arguments[0], arguments[1]) switch
            {
                ("--proofs", var text) when TryRead(text, 0, 512, out int proofs) => options with { Proofs = proofs },
                ("--start", "blocks" or "snapshot") => options with { Start = arguments[1] },
                ("--rounds", var text) when TryRead(text, 1, 100, out int rounds) => options with { Rounds = rounds },
                ("--load", var text) when TryRead(text, 1, 100_000, out int load) => options with { Load = load },
                _ => null,
            };
            if (next is null)
            {
                return null;
            }

            options = next;
        }

        return arguments.IsEmpty ? options : null;
    }

    private static bool TryRead(string text, int least, int most, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most;
}
