using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Aeamc.P2P.Benchmarks.Libp2p;

/// <summary>A peer in a process of its own, ours or js-libp2p's, driven by lines of JSON. It ends with its standard input.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly Task _reading;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode?>> _waiting = [];
    private readonly TaskCompletionSource<JsonNode> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private int _lastId;

    private WorkerProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        _process = Process.Start(start)!;
        _reading = ReadAsync();
    }

    public string Peer { get; private set; } = "";

    /// <summary>Where it listens, with its peer id.</summary>
    public string Address { get; private set; } = "";

    public static async Task<WorkerProcess> StartAsync(bool ours, string? pubsub)
    {
        string options = new JsonObject { ["pubsub"] = pubsub }.ToJsonString();
        var worker = new WorkerProcess(ours ? OurStart(options) : await JsPackages.StartInfoAsync("bench.mjs", options).ConfigureAwait(false));
        JsonNode ready = await worker._ready.Task.WaitAsync(Patience).ConfigureAwait(false);
        worker.Peer = (string)ready["peer"]!;
        worker.Address = (string)ready["address"]!;
        return worker;
    }

    /// <summary>Runs a command in the worker.</summary>
    /// <exception cref="InvalidOperationException">The worker failed; its words are in the message.</exception>
    public async Task<JsonNode?> CallAsync(string name, object? arguments = null)
    {
        int id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<JsonNode?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        JsonObject command = arguments is null ? [] : JsonSerializer.SerializeToNode(arguments)!.AsObject();
        command["id"] = id;
        command["name"] = name;
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            await _process.StandardInput.WriteLineAsync(command.ToJsonString()).ConfigureAwait(false);
            await _process.StandardInput.FlushAsync().ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }

        return await answer.Task.WaitAsync(Patience).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        await _reading.ConfigureAwait(false);
        _process.Dispose();
        _writing.Dispose();
    }

    private static ProcessStartInfo OurStart(string options)
    {
        // `dotnet run` starts the program itself, `dotnet exec` a host that must be told which.
        bool isHost = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        string[] program = isHost ? ["exec", Path.Combine(AppContext.BaseDirectory, "Aeamc.P2P.Benchmarks.dll")] : [];
        return new ProcessStartInfo(Environment.ProcessPath!, [.. program, BenchWorker.Name, options]);
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            JsonNode node = JsonNode.Parse(line)!;
            if (node["event"] is not null)
            {
                _ready.TrySetResult(node);
            }
            else if (_waiting.TryRemove((int)node["id"]!, out TaskCompletionSource<JsonNode?>? answer))
            {
                if ((string?)node["error"] is { } error)
                {
                    answer.SetException(new InvalidOperationException($"a worker says {error}"));
                }
                else
                {
                    answer.SetResult(node["result"]);
                }
            }
        }

        var ended = new InvalidOperationException("a worker ended; its words are above");
        _ready.TrySetException(ended);
        foreach (TaskCompletionSource<JsonNode?> answer in _waiting.Values)
        {
            answer.TrySetException(ended);
        }
    }
}
