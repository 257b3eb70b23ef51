using System.CommandLine;
using System.Runtime.InteropServices;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Node.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Aeamc.P2P.Node.Cli;

/// <summary><c>aeamc run</c>: the daemon.</summary>
public static class RunCommand
{
    public static Command Build()
    {
        Option<string> config = CommonOptions.Config();
        var command = new Command("run", "Run the node until SIGTERM or Ctrl-C; it stops cleanly within 5 seconds.\n\nExample: aeamc run --config /etc/aeamc/node.toml") { config };
        command.SetAction((parsed, cancellationToken) => Terminal.RunAsync(() => RunAsync(parsed.GetValue(config)!, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(string path, CancellationToken cancellationToken)
    {
        NodeConfig config = ConfigLoader.Load(path, CommonOptions.Environment());
        using ILoggerFactory loggers = LoggerFactory.Create(builder => builder
            .SetMinimumLevel(Level(config.LogLevel))
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
                console.UseUtcTimestamp = true;
                console.ColorBehavior = LoggerColorBehavior.Disabled;
            }));
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using PosixSignalRegistration terminate = OnSignal(PosixSignal.SIGTERM, ended);
        using PosixSignalRegistration interrupt = OnSignal(PosixSignal.SIGINT, ended);
        using CancellationTokenRegistration cancelled = cancellationToken.Register(() => ended.TrySetResult(ExitCode.Success));
        using var stopping = new CancellationTokenSource();
        _ = ended.Task.ContinueWith(_ => stopping.Cancel(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            return await RunAsync(config, loggers, ended, stopping.Token);
        }
        catch (OperationCanceledException) when (ended.Task.IsCompleted)
        {
            // Stopped while it was still starting.
            return await ended.Task;
        }
    }

    private static async Task<int> RunAsync(NodeConfig config, ILoggerFactory loggers, TaskCompletionSource<int> ended, CancellationToken stopping)
    {
        await using NodeHost node = await NodeHost.StartAsync(config, loggers.CreateLogger("aeamc"), _ => ended.TrySetResult(ExitCode.InternalError), stopping);
        await using WebHost web = await WebHost.StartAsync(config, node, loggers);
        return await ended.Task;
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, TaskCompletionSource<int> ended) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            ended.TrySetResult(ExitCode.Success);
        });

    private static LogLevel Level(string name) => name switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => LogLevel.Information,
    };
}
