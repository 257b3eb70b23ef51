using System.Diagnostics;
using System.Globalization;

namespace Aeamc.P2P.Benchmarks;

/// <summary>
/// Operations per second of several things measured in turn (A B C A B C ...), the median of the rounds: a machine whose speed drifts slows all of
/// them alike, so their ratios hold where their figures do not.
/// </summary>
internal sealed class RateTable(int rounds, TimeSpan perRound)
{
    private readonly List<(string Name, Func<int> Work, List<double> Rates)> _rows = [];

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
            foreach ((_, Func<int> work, List<double> rates) in _rows)
            {
                rates.Add(Measure(work, perRound));
            }
        }

        foreach ((string name, _, _) in _rows)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-52} {Rate(name),14:N0} /s"));
        }
    }

    /// <summary>The median rate of a row that was measured.</summary>
    public double Rate(string name)
    {
        List<double> rates = [.. _rows.First(row => row.Name == name).Rates];
        rates.Sort();
        return rates[rates.Count / 2];
    }

    /// <summary>Prints the ratio of two measured rows.</summary>
    public void PrintRatio(string name, string to) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} : {to} = {Rate(name) / Rate(to):0.000}"));

    private static double Measure(Func<int> work, TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        long operations = 0;
        TimeSpan elapsed;
        do
        {
            operations += work();
            elapsed = Stopwatch.GetElapsedTime(start);
        }
        while (elapsed < time);
        return operations / elapsed.TotalSeconds;
    }
}
