using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceApi.V2;

namespace Aeamc.P2P.Testnet.Network;

/// <summary>What a running node says over HTTP, for those who look after it.</summary>
public sealed class NodeMonitor : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="address">Scheme, host and port.</param>
    public NodeMonitor(Uri address)
    {
        Address = address;
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10) })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromSeconds(5),
        };
    }

    public Uri Address { get; }

    /// <summary>The node's account of itself; null when it does not answer.</summary>
    public Task<NodeStatus?> StatusAsync(CancellationToken cancellation) => GetAsync("/v2/status", V2Json.Default.NodeStatus, cancellation);

    /// <summary>A finalized block; null when the node does not answer or has none of that height.</summary>
    public Task<BlockReply?> BlockAsync(ulong height, CancellationToken cancellation) =>
        GetAsync($"/v2/blocks/{height}", V2Json.Default.BlockReply, cancellation);

    /// <summary>The first co-signed checkpoint at or above a height; null when the node does not answer or has none.</summary>
    public Task<CheckpointReply?> CheckpointAsync(ulong height, CancellationToken cancellation) =>
        GetAsync($"/v2/checkpoints/{height}", V2Json.Default.CheckpointReply, cancellation);

    /// <summary>Blocks, checkpoints and anchors as they come, until the node ends the stream or goes away.</summary>
    public async IAsyncEnumerable<NodeEvent> EventsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = Address, Timeout = Timeout.InfiniteTimeSpan };
        using Stream stream = await http.GetStreamAsync(new Uri("/v2/events", UriKind.Relative), cancellation).ConfigureAwait(false);
        await foreach (SseItem<NodeEvent?> item in SseParser.Create(stream, ParseEvent).EnumerateAsync(cancellation).ConfigureAwait(false))
        {
            if (item.Data is { } happened)
            {
                yield return happened;
            }
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>One event of the stream; null for a kind that is not known here.</summary>
    internal static NodeEvent? ParseEvent(string name, ReadOnlySpan<byte> data) => name switch
    {
        "block" => JsonSerializer.Deserialize(data, V2Json.Default.BlockFinalizedEvent),
        "checkpoint" => JsonSerializer.Deserialize(data, V2Json.Default.CheckpointSignedEvent),
        "anchor" => JsonSerializer.Deserialize(data, V2Json.Default.AnchoredEvent),
        _ => null,
    };

    private async Task<T?> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        try
        {
            using HttpResponseMessage reply = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellation).ConfigureAwait(false);
            if (reply.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            reply.EnsureSuccessStatusCode();
            byte[] body = await reply.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            return JsonSerializer.Deserialize(body, type);
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (JsonException fault)
        {
            throw new TestnetException($"{Address} answered {path} with something else than expected: {fault.Message}", fault);
        }
    }
}
