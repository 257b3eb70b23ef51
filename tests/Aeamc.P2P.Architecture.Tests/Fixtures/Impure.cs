using System.Diagnostics;

namespace Aeamc.P2P.Architecture.Tests.Fixtures;

/// <summary>One of everything that replicated code may not do. Never called: the scan reads it.</summary>
internal static class Impure
{
    internal static long ReadsTheClock() => DateTime.UtcNow.Ticks;

    internal static long MeasuresTime() => Stopwatch.GetTimestamp();

    internal static long TakesATimeProvider(TimeProvider time) => time.TimestampFrequency;

    internal static int Draws() => new Random(1).Next();

    internal static byte[] NamesItself() => Guid.NewGuid().ToByteArray();

    internal static object RunsLater(Action action) => System.Threading.Tasks.Task.Run(action);

    internal static void Waits() => Thread.Yield();

    internal static byte[] ReadsAFile() => File.ReadAllBytes("a");

    internal static object Resolves() => System.Net.Dns.GetHostName();

    internal static int LooksAtItsMachine() => Environment.ProcessorCount;

    internal static int HashesPerProcess(int a, int b) => HashCode.Combine(a, b);

    internal static int HashesText(string text) => text.GetHashCode(StringComparison.Ordinal);

    internal static long AsksTheCollector() => GC.GetTotalMemory(forceFullCollection: false);

    internal static ulong Divides(ulong a, ulong b) => (ulong)(a * 0.5 / b);

    internal static int Rounds(float value) => (int)value;

    internal static int WalksADictionary(Dictionary<int, int> map)
    {
        int sum = 0;
        foreach (KeyValuePair<int, int> pair in map)
        {
            sum = (sum * 31) + pair.Value;
        }

        return sum;
    }

    internal static int WalksASet(HashSet<int> set)
    {
        int last = 0;
        foreach (int one in set)
        {
            last = one;
        }

        return last;
    }

    internal static List<int> WalksTheKeys(Dictionary<int, int> map) => [.. map.Keys];
}
