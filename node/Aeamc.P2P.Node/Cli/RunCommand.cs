using System.CommandLine;
using System.Runtime.InteropServices;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Node.Hosting;
using Aeamc.P2P.Storage;
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
        PoolThreads.Set();
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
        if (CrashPoint.Announce() is { } point)
        {
            loggers.CreateLogger("aeamc").CrashPointArmed(point);
        }

        using var stopping = new CancellationTokenSource();
        _ = ended.Task.ContinueWith(_ => stopping.Cancel(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            while (true)
            {
                if (await RunUntilDiskIsFullAsync(config, loggers, ended.Task, stopping.Token) is { } code)
                {
                    return code;
                }
            }
        }
        catch (OperationCanceledException) when (ended.Task.IsCompleted)
        {
            // Stopped while it was still starting.
            return await ended.Task;
        }
    }

    /// <summary>Runs the node once. Null after a full disk that has room again: what is on it is all there is, so the node starts over from there.</summary>
    private static async Task<int?> RunUntilDiskIsFullAsync(NodeConfig config, ILoggerFactory loggers, Task<int> stop, CancellationToken stopping)
    {
        ILogger logger = loggers.CreateLogger("aeamc");
        var faulted = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await using NodeHost node = await NodeHost.StartAsync(config, logger, fault => faulted.TrySetResult(fault), stopping);
            await using WebHost web = await WebHost.StartAsync(config, node, loggers);
            await Task.WhenAny(stop, faulted.Task);
            if (faulted.Task.IsCompleted && !DiskSpace.IsFull(await faulted.Task))
            {
                return Terminal.IsOperatorFault(await faulted.Task) ? ExitCode.OperatorError : ExitCode.InternalError;
            }

            // The node stands still and its status says why.
            await WaitForRoomAsync(config, stop);
        }
        catch (Exception fault) when (DiskSpace.IsFull(fault))
        {
            logger.DiskFull(fault.Message);
            await WaitForRoomAsync(config, stop);
        }

        if (stop.IsCompleted)
        {
            return await stop;
        }

        logger.DiskHasRoom();
        return null;
    }

    private static Task WaitForRoomAsync(NodeConfig config, Task stop) =>
        stop.IsCompleted ? stop : DiskWatch.WaitForRoomAsync(config.ReserveBytes, () => DiskSpace.FreeBytes(config.DataDirectory), TimeProvider.System, stop);

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
