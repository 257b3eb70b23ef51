using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Aeamc.P2P.Fuzz.Parsers;

/// <summary>What broke.</summary>
/// <param name="Parser">Which parser.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Iteration">Which input of the run.</param>
/// <param name="Input">The input.</param>
/// <param name="What">The exception, or the broken promise.</param>
internal sealed record Finding(string Parser, int Seed, long Iteration, byte[] Input, string What)
{
    /// <summary>The command that gives the same input again.</summary>
    public string Command => $"dotnet run -c Release --project tests/Aeamc.P2P.Fuzz -- parsers --parser {Parser} --seed {Seed} --iteration {Iteration}";

    public override string ToString() => $"{Parser}: {What}\ninput ({Input.Length} bytes): {Convert.ToHexString(Input)}\nagain: {Command}";
}

/// <summary>
/// Runs one parser over seeded inputs. Each input depends on seed and iteration alone. A parser must neither throw nor allocate out of all
/// proportion to its input.
/// </summary>
internal static class Fuzzer
{
    // A length that is believed before the bytes are there shows as megabytes for a few bytes of input. Below that lie buffers that pools hand out anew.
    private const long AllowedBytes = 1 << 20;
    private const long AllowedPerByte = 512;

    /// <summary>Runs iterations from <paramref name="first"/> on; null when nothing broke.</summary>
    /// <param name="outcomes">Counts the names of what came of the inputs; null not to.</param>
    public static Finding? Run(FuzzTarget target, int seed, long first, long count, Func<bool>? goOn = null, Dictionary<string, long>? outcomes = null)
    {
        for (long iteration = first; iteration < first + count && goOn?.Invoke() != false; iteration++)
        {
            FuzzInput input = Input(target, seed, iteration);
            if (Try(target, input, out string outcome) is { } what)
            {
                return new Finding(target.Name, seed, iteration, input.Bytes, what);
            }

            if (outcomes is not null)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(outcomes, outcome, out _)++;
            }
        }

        return null;
    }

    /// <summary>Runs one input; null when all is well.</summary>
    /// <param name="outcome">The name of what came of it.</param>
    public static string? Try(FuzzTarget target, FuzzInput input, out string outcome)
    {
        outcome = "";
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            outcome = target.Run(input.Bytes);
            input.Check?.Invoke();
        }
        catch (Exception e)
        {
            return e is FuzzException ? e.Message : e.ToString();
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return allocated <= AllowedBytes + (AllowedPerByte * input.Bytes.Length) ? null : $"allocated {allocated} bytes for an input of {input.Bytes.Length}";
    }

    /// <summary>Runs for a time; gives how many inputs it was, and what came of them by name.</summary>
    public static (Finding? Finding, long Inputs, IReadOnlyDictionary<string, long> Outcomes) RunFor(FuzzTarget target, int seed, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        long inputs = 0;
        var outcomes = new Dictionary<string, long>(StringComparer.Ordinal);
        Finding? finding = Run(target, seed, 0, long.MaxValue / 2, () =>
        {
            inputs++;
            return clock.Elapsed < time;
        }, outcomes);
        return (finding, inputs, outcomes);
    }

    // The seeds themselves come first: what is valid must stay so.
    private static FuzzInput Input(FuzzTarget target, int seed, long iteration) =>
        iteration < target.Seeds.Count ? new FuzzInput(target.Seeds[(int)iteration]) : Mutator.Make(target, RandomOf(seed, iteration));

    // Not the default hash of a tuple, which differs from run to run.
    private static Random RandomOf(int seed, long iteration) => new(unchecked((seed * 486187739) + (int)(iteration ^ (iteration >> 32)) * 16777619));
}
