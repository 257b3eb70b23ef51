using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Benchmarks.Libp2p;

/// <summary>Our peer of the comparison, in a process of its own; <c>bench.mjs</c> is the same for js-libp2p.</summary>
internal sealed class BenchWorker : IAsyncDisposable
{
    public const string Name = "libp2p-worker";

    private const string Topic = "/aeamc/bench";
    private const string Sink = "/aeamc-bench/sink/1";

    private readonly Libp2pHost _host;
    private readonly PubsubRouter? _router;
    private readonly List<Libp2pHost> _crowd = [];
    private readonly GossipLoad? _load;

    private BenchWorker(SignaturePolicy? policy)
    {
        Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        _host = NewHost(key);
        _host.HandleStream(Sink, SinkAsync);
        if (policy is { } set)
        {
            _router = new PubsubRouter(_host, new PubsubSettings { SignaturePolicy = set }, key);
            _load = new GossipLoad(_router.Subscribe(Topic, (_, _, _) => ValueTask.FromResult(MessageValidity.Accept)));
            _router.Start();
        }
    }

    /// <summary>Serves commands until standard input ends.</summary>
    public static async Task<int> RunAsync(string options)
    {
        string? policy = (string?)JsonNode.Parse(options)!["pubsub"];
        await using var worker = new BenchWorker(policy is null ? null : Enum.Parse<SignaturePolicy>(policy));
        await worker._host.StartAsync().ConfigureAwait(false);
        await using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true };
        Say(output, new JsonObject { ["event"] = "ready", ["peer"] = worker._host.LocalPeer.ToString(), ["address"] = worker._host.ListenAddresses[0].ToString() });
        while (await Console.In.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            _ = worker.ServeAsync(JsonNode.Parse(line)!, output);
        }

        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        await DisperseAsync().ConfigureAwait(false);
        if (_router is not null)
        {
            await _router.DisposeAsync().ConfigureAwait(false);
        }

        await _host.DisposeAsync().ConfigureAwait(false);
    }

    private static Libp2pHost NewHost(Ed25519PrivateKey key) => new(new Libp2pHostOptions
    {
        Identity = key,
        ListenAddresses = [Multiaddress.Parse("/ip4/127.0.0.1/tcp/0")],
    });

    private static void Say(StreamWriter output, JsonObject line)
    {
        lock (output)
        {
            output.WriteLine(line.ToJsonString());
        }
    }

    private async Task ServeAsync(JsonNode command, StreamWriter output)
    {
        var answer = new JsonObject { ["id"] = (int)command["id"]! };
        try
        {
            answer["result"] = await DoAsync(command).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            answer["error"] = $"{e.GetType().Name}: {e.Message}";
        }

        Say(output, answer);
    }

    private async Task<JsonNode?> DoAsync(JsonNode command) => (string)command["name"]! switch
    {
        "dial" => (await DialAsync(_host, (string)command["address"]!).ConfigureAwait(false)).ToString(),
        "subscribe" => null,
        "mesh" => _router!.Mesh(Topic).Count,
        "gossip" => await _load!.RunAsync(command).ConfigureAwait(false),
        "sink" => await SendAsync(PeerId.Parse((string)command["peer"]!), (int)command["megabytes"]! * 1_000_000, (int)command["chunk"]!).ConfigureAwait(false),
        "handshakes" => await HandshakesAsync(Multiaddress.Parse((string)command["address"]!), (long)command["start"]!, (double)command["seconds"]!).ConfigureAwait(false),
        "crowd" => await GatherAsync([.. command["addresses"]!.AsArray().Select(node => (string)node!)], (int)command["count"]!).ConfigureAwait(false),
        "memory" => await SettledMemoryAsync().ConfigureAwait(false),
        "disperse" => await DisperseAsync().ConfigureAwait(false),
        string other => throw new ArgumentException($"no command {other}"),
    };

    private static async Task<PeerId> DialAsync(Libp2pHost host, string address)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await host.ConnectAsync(Multiaddress.Parse(address)).ConfigureAwait(false);
            }
            catch (Libp2pException) when (attempt < 5)
            {
                await Clock.UntilAsync(Clock.Now + 100_000_000).ConfigureAwait(false);
            }
        }
    }

    private static async Task SinkAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 << 10];
        long count = 0;
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            count += read;
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(count.ToString(CultureInfo.InvariantCulture)), cancellationToken).ConfigureAwait(false);
        stream.CloseWrite();
    }

    private async Task<JsonNode> SendAsync(PeerId peer, int bytes, int chunk)
    {
        PeerStream stream = await _host.OpenStreamAsync(peer, [Sink]).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            long start = Stopwatch.GetTimestamp();
            var buffer = new byte[chunk];
            for (int left = bytes; left > 0; left -= chunk)
            {
                await stream.WriteAsync(buffer.AsMemory(0, Math.Min(left, chunk))).ConfigureAwait(false);
            }

            stream.CloseWrite();
            int answered = await stream.ReadAsync(buffer).ConfigureAwait(false);
            string arrived = Encoding.ASCII.GetString(buffer, 0, answered);
            return arrived == bytes.ToString(CultureInfo.InvariantCulture)
                ? Stopwatch.GetElapsedTime(start).TotalSeconds
                : throw new InvalidOperationException($"{arrived} bytes arrived");
        }
    }

    private async Task<JsonNode> HandshakesAsync(Multiaddress address, long start, double seconds)
    {
        PeerId peer = address.Peer!.Value;
        using var gone = new SemaphoreSlim(0);
        void OnGone(PeerId id) => gone.Release();
        _host.PeerDisconnected += OnGone;
        await Clock.UntilAsync(start).ConfigureAwait(false);
        int count = 0;
        while (Clock.Now < start + (long)(seconds * 1e9))
        {
            try
            {
                await _host.ConnectAsync(address).ConfigureAwait(false);
                count++;
                _host.Disconnect(peer, "bench-handshake");
                await gone.WaitAsync().ConfigureAwait(false);
            }
            catch (Libp2pException e)
            {
                await Console.Error.WriteLineAsync($"redial: {e.Message}").ConfigureAwait(false);
                await Clock.UntilAsync(Clock.Now + 5_000_000).ConfigureAwait(false);
            }
        }

        _host.PeerDisconnected -= OnGone;
        return count;
    }

    // The managed heap without garbage.
    private static async Task<JsonNode> SettledMemoryAsync()
    {
        long least = long.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            least = Math.Min(least, GC.GetTotalMemory(forceFullCollection: true));
            await Clock.UntilAsync(Clock.Now + 50_000_000).ConfigureAwait(false);
        }

        return least;
    }

    // Peers that are connected and do nothing.
    private async Task<JsonNode> GatherAsync(string[] addresses, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Libp2pHost host = NewHost(Ed25519PrivateKey.Generate());
            _crowd.Add(host);
            await host.StartAsync().ConfigureAwait(false);
            foreach (string address in addresses)
            {
                await DialAsync(host, address).ConfigureAwait(false);
            }
        }

        return _crowd.Count;
    }

    private async Task<JsonNode?> DisperseAsync()
    {
        await Task.WhenAll(_crowd.Select(host => host.DisposeAsync().AsTask())).ConfigureAwait(false);
        _crowd.Clear();
        return null;
    }
}
