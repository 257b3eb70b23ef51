using System.Diagnostics;

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
    // A length that is believed before the bytes are there shows as megabytes for a few bytes of input.
    private const long AllowedBytes = 4 << 20;
    private const long AllowedPerByte = 512;

    /// <summary>Runs iterations from <paramref name="first"/> on; null when nothing broke.</summary>
    public static Finding? Run(FuzzTarget target, int seed, long first, long count, Func<bool>? goOn = null)
    {
        for (long iteration = first; iteration < first + count && goOn?.Invoke() != false; iteration++)
        {
            // The seeds themselves come first: what is valid must stay so.
            byte[] input = iteration < target.Seeds.Count ? target.Seeds[(int)iteration] : Mutator.Mutate(target, RandomOf(seed, iteration));
            if (Try(target, input) is { } what)
            {
                return new Finding(target.Name, seed, iteration, input, what);
            }
        }

        return null;
    }

    /// <summary>Runs one input; null when all is well.</summary>
    public static string? Try(FuzzTarget target, byte[] input)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Run(input);
        }
        catch (Exception e)
        {
            return e is FuzzException ? e.Message : e.ToString();
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return allocated <= AllowedBytes + (AllowedPerByte * input.Length) ? null : $"allocated {allocated} bytes for an input of {input.Length}";
    }

    /// <summary>Runs for a time; gives how many inputs it was.</summary>
    public static (Finding? Finding, long Inputs) RunFor(FuzzTarget target, int seed, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        long inputs = 0;
        Finding? finding = Run(target, seed, 0, long.MaxValue / 2, () =>
        {
            inputs++;
            return clock.Elapsed < time;
        });
        return (finding, inputs);
    }

    // Not the default hash of a tuple, which differs from run to run.
    private static Random RandomOf(int seed, long iteration) => new(unchecked((seed * 486187739) + (int)(iteration ^ (iteration >> 32)) * 16777619));
}
