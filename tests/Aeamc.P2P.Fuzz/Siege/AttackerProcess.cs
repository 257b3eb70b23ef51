using System.Diagnostics;
using System.Text.Json;

namespace Aeamc.P2P.Fuzz.Siege;

/// <summary>This program once more, as an attacker or a burner.</summary>
internal sealed class AttackerProcess : IDisposable
{
    private readonly Process _process;
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public AttackerProcess(params string[] arguments)
    {
        // `dotnet run` starts the program itself, `dotnet exec` a host that must be told which.
        bool isHost = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        string[] program = isHost ? ["exec", typeof(AttackerProcess).Assembly.Location] : [];
        _process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. program, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    /// <summary>Ends it; gives what it did, and how many processor seconds it took each second.</summary>
    public async Task<(AttackerReport Report, double Share)> EndAsync(CancellationToken cancellationToken)
    {
        _process.StandardInput.Close();
        TimeSpan ran = _clock.Elapsed;
        string text = await _process.StandardOutput.ReadToEndAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        AttackerReport report = JsonSerializer.Deserialize<AttackerReport>(text) ?? throw new InvalidDataException($"the attacker said '{text}'");
        return (report, report.ProcessorSeconds / ran.TotalSeconds);
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
