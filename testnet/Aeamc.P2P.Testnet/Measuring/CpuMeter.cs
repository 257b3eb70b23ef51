using System.Diagnostics;
using Aeamc.P2P.Testnet.Processes;

namespace Aeamc.P2P.Testnet.Measuring;

/// <summary>How the machine's processors were shared between processes over a time.</summary>
public sealed class CpuMeter
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly List<(string Name, int Id, TimeSpan Before)> _processes = [];

    /// <param name="processes">Names and process ids; those that cannot be looked at are left out.</param>
    public CpuMeter(IEnumerable<(string Name, int Id)> processes)
    {
        foreach ((string name, int id) in processes)
        {
            if (ProcessUsage.Of(id) is { } usage)
            {
                _processes.Add((name, id, usage.CpuTime));
            }
        }
    }

    /// <summary>Since this object was made: each process's share of one core, 1.0 being a whole core.</summary>
    public IReadOnlyList<CpuShare> Read()
    {
        double seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        return
        [
            .. from process in _processes
               let usage = ProcessUsage.Of(process.Id)
               where usage is not null && seconds > 0
               select new CpuShare(process.Name, (usage.Value.CpuTime - process.Before).TotalSeconds / seconds),
        ];
    }
}

/// <param name="Process">Its name.</param>
/// <param name="Cores">How many cores it kept busy on average.</param>
public readonly record struct CpuShare(string Process, double Cores);
