using System.Diagnostics;
using System.Globalization;

namespace Aeamc.P2P.Benchmarks;

/// <summary>
/// Several things measured in turn (A B C A B C ...), the medians of the rounds: operations per second by the wall clock, and processor time per
/// operation, which other load on the machine disturbs less. A machine whose speed drifts slows all of them alike, so their ratios hold where
/// their figures do not.
/// </summary>
internal sealed class RateTable(int rounds, TimeSpan perRound)
{
    private readonly List<(string Name, Func<int> Work, List<(double Rate, double Cpu)> Rounds)> _rows = [];

    /// <summary>Adds a row; each call of <paramref name="work"/> returns how many operations it did.</summary>
    public void Add(string name, Func<int> work) => _rows.Add((name, work, []));

    /// <summary>Measures all rows and prints one line each.</summary>
    public void Run()
    {
        foreach ((_, Func<int> work, _) in _rows)
        {
            Measure(work, perRound / 4);
        }

        for (int round = 0; round < rounds; round++)
        {
            foreach ((_, Func<int> work, List<(double Rate, double Cpu)> measured) in _rows)
            {
                measured.Add(Measure(work, perRound));
            }
        }

        foreach ((string name, _, _) in _rows)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-48} {Rate(name),12:N0} /s {CpuMicroseconds(name),12:N2} us of processor each"));
        }
    }

    /// <summary>The median operations per second of a row that was measured.</summary>
    public double Rate(string name) => Median(name, round => round.Rate);

    /// <summary>The median processor time of one operation, in microseconds, over all threads.</summary>
    public double CpuMicroseconds(string name) => Median(name, round => round.Cpu);

    /// <summary>Prints how the first row compares with the second, by the clock and by processor time; above 1 is better.</summary>
    public void PrintRatio(string name, string to) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name} : {to} = {Rate(name) / Rate(to):0.000} by the clock, {CpuMicroseconds(to) / CpuMicroseconds(name):0.000} by processor time"));

    private double Median(string name, Func<(double Rate, double Cpu), double> figure)
    {
        List<double> sorted = [.. _rows.First(row => row.Name == name).Rounds.Select(figure).Order()];
        return sorted[sorted.Count / 2];
    }

    private static (double Rate, double Cpu) Measure(Func<int> work, TimeSpan time)
    {
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        long operations = 0;
        TimeSpan elapsed;
        do
        {
            operations += work();
            elapsed = Stopwatch.GetElapsedTime(start);
        }
        while (elapsed < time);
        return (operations / elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / operations);
    }
}
