using System.Globalization;

namespace Aeamc.P2P.Testnet.Processes;

/// <summary>What Linux says of a running process.</summary>
/// <param name="CpuTime">User and system time so far.</param>
/// <param name="ResidentBytes">Memory in RAM.</param>
public readonly record struct ProcessUsage(TimeSpan CpuTime, long ResidentBytes)
{
    /// <summary>The unit of times under /proc, the same on every Linux that .NET runs on (USER_HZ).</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Reads <c>/proc</c>; null when the process is gone or the system has no such folder.</summary>
    public static ProcessUsage? Of(int processId)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}");
        try
        {
            return Parse(File.ReadAllText(Path.Combine(folder, "stat")), File.ReadAllText(Path.Combine(folder, "statm")), Environment.SystemPageSize);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Reads the texts of <c>stat</c> and <c>statm</c> (proc(5)); null when they are not of that form.</summary>
    internal static ProcessUsage? Parse(string stat, string statm, int pageSize)
    {
        // The program's name, in parentheses, may hold blanks and parentheses itself. utime and stime are the 14th and 15th field of the line.
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] pages = statm.Split(' ');
        const int userTime = 14 - 3;
        return fields.Length > userTime + 1 && pages.Length > 1
            && long.TryParse(fields[userTime], NumberStyles.None, CultureInfo.InvariantCulture, out long user)
            && long.TryParse(fields[userTime + 1], NumberStyles.None, CultureInfo.InvariantCulture, out long system)
            && long.TryParse(pages[1], NumberStyles.None, CultureInfo.InvariantCulture, out long resident)
            ? new ProcessUsage(TimeSpan.FromSeconds((user + system) / TicksPerSecond), resident * pageSize)
            : null;
    }
}
