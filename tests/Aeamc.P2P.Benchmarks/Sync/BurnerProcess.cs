using System.Diagnostics;
using System.Globalization;
using Aeamc.P2P.Fuzz.Siege;

namespace Aeamc.P2P.Benchmarks.Sync;

/// <summary>This program once more, taking processor time only while nobody else wants it, until it is disposed: what the late node costs the machine that it shares with the live ones.</summary>
internal sealed class BurnerProcess : IDisposable
{
    public const string Name = "burner";

    private readonly Process _process;

    /// <param name="share">Processor seconds per second.</param>
    public BurnerProcess(double share)
    {
        bool isHost = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        string[] program = isHost ? [Environment.ProcessPath!, "exec", typeof(BurnerProcess).Assembly.Location] : [Environment.ProcessPath!];
        _process = Process.Start(new ProcessStartInfo("chrt", ["--idle", "0", .. program, Name, share.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardInput = true })!;
    }

    public int Id => _process.Id;

    /// <summary>The burner's own side: burns until its standard input ends.</summary>
    public static async Task RunAsync(string share)
    {
        using var ending = new CancellationTokenSource();
        Task burning = Task.Run(() => Burner.Burn(double.Parse(share, CultureInfo.InvariantCulture), ending.Token));
        await Console.In.ReadToEndAsync();
        await ending.CancelAsync();
        await burning;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
