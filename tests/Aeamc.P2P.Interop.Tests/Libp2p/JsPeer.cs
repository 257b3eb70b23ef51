using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Interop.Tests.Libp2p;

/// <summary>
/// A js-libp2p peer in a process of its own, driven by lines of JSON (see <c>js/libp2p-peer.mjs</c> for the commands). It ends when it is disposed of,
/// and by itself when this process ends, since its standard input ends then.
/// </summary>
public sealed class JsPeer : IAsyncDisposable
{
    /// <summary>No command takes longer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode?>> _waiting = new();
    private readonly ConcurrentQueue<JsonNode> _events = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource<JsonNode> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Task _reading;
    private readonly Task _readingErrors;
    private int _lastId;

    private JsPeer(Process process)
    {
        _process = process;
        _reading = ReadAsync();
        _readingErrors = ReadErrorsAsync();
    }

    /// <summary>Its peer id.</summary>
    public PeerId Id { get; private set; }

    /// <summary>Where it listens, its peer id included.</summary>
    public Multiaddress Address { get; private set; } = null!;

    /// <summary>What it told by itself so far: connected, disconnected, message.</summary>
    public IReadOnlyCollection<JsonNode> Events => _events;

    /// <summary>Starts a peer and waits until it listens.</summary>
    /// <param name="generation">The package set.</param>
    /// <param name="pubsub">"StrictSign", "StrictNoSign", or null for a peer without gossipsub.</param>
    public static async Task<JsPeer> StartAsync(JsGeneration generation, string? pubsub = null)
    {
        string directory = await NodeProgram.PrepareAsync($"libp2p-{(int)generation}", CancellationToken.None);
        var start = new ProcessStartInfo("node", ["peer.mjs", new JsonObject { ["pubsub"] = pubsub }.ToJsonString()])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var peer = new JsPeer(Process.Start(start)!);
        JsonNode ready = await peer._ready.Task.WaitAsync(Patience);
        peer.Id = PeerId.Parse((string)ready["peer"]!);
        peer.Address = Multiaddress.Parse((string)ready["addresses"]![0]!);
        return peer;
    }

    /// <summary>Runs a command and gives its result; fails the test with the peer's own words when the command fails.</summary>
    public async Task<JsonNode?> CallAsync(string name, object? arguments = null)
    {
        int id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<JsonNode?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        JsonObject command = arguments is null ? [] : JsonSerializer.SerializeToNode(arguments)!.AsObject();
        command["id"] = id;
        command["name"] = name;
        await _writing.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(command.ToJsonString());
            await _process.StandardInput.FlushAsync();
        }
        finally
        {
            _writing.Release();
        }

        return await answer.Task.WaitAsync(Patience);
    }

    /// <summary>Ends when an event satisfies the condition, and gives it.</summary>
    public async Task<JsonNode> EventAsync(Func<JsonNode, bool> condition)
    {
        using var late = new CancellationTokenSource(Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (true)
        {
            if (_events.FirstOrDefault(condition) is { } found)
            {
                return found;
            }

            await look.WaitForNextTickAsync(late.Token);
        }
    }

    /// <summary>Ends the process as a crash would.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // It hangs, or is dead already.
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        await Task.WhenAll(_reading, _readingErrors);
        _process.Dispose();
        _writing.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            JsonNode node = JsonNode.Parse(line)!;
            if ((string?)node["event"] is { } name)
            {
                _events.Enqueue(node);
                if (name == "ready")
                {
                    _ready.TrySetResult(node);
                }
            }
            else if (_waiting.TryRemove((int)node["id"]!, out TaskCompletionSource<JsonNode?>? answer))
            {
                if ((string?)node["error"] is { } error)
                {
                    answer.SetException(new InvalidOperationException($"the js peer says {error}"));
                }
                else
                {
                    answer.SetResult(node["result"]);
                }
            }
        }

        var ended = new InvalidOperationException($"the js peer ended: {string.Join('\n', _errors)}");
        _ready.TrySetException(ended);
        foreach (TaskCompletionSource<JsonNode?> answer in _waiting.Values)
        {
            answer.TrySetException(ended);
        }
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            _errors.Enqueue(line);
        }
    }
}
