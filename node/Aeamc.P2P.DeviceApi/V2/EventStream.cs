using System.Globalization;
using System.Text.Json;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceApi.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aeamc.P2P.DeviceApi.V2;

/// <summary>Blocks, checkpoints and anchors as they come, as server-sent events (WHATWG HTML, 9.2).</summary>
internal sealed class EventStream(INodeGateway gateway, DeviceApiOptions options)
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    private int _open;

    public void Map(IEndpointRouteBuilder app) => app.Get("/v2/events", StreamAsync);

    private async Task StreamAsync(HttpContext context)
    {
        if (Interlocked.Increment(ref _open) > options.MaxEventStreams)
        {
            Interlocked.Decrement(ref _open);
            await Reply.ProblemAsync(context, ApiProblem.TooManyStreams);
            return;
        }

        try
        {
            await FollowAsync(context);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task FollowAsync(HttpContext context)
    {
        CancellationToken gone = context.RequestAborted;
        HttpResponse response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";

        await response.Body.WriteAsync(": open\n\n"u8.ToArray(), gone);
        await response.Body.FlushAsync(gone);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(gone);
        IAsyncEnumerator<NodeEvent> events = gateway.Events(stop.Token).GetAsyncEnumerator(stop.Token);
        Task<bool> next = events.MoveNextAsync().AsTask();
        try
        {
            while (await NextAsync(response, next, gone))
            {
                await response.Body.WriteAsync(Frame(events.Current), gone);
                await response.Body.FlushAsync(gone);
                next = events.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // An enumerator must not be disposed while a step is under way.
            await stop.CancelAsync();
            await next.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await events.DisposeAsync();
        }
    }

    /// <summary>Waits for the next event. Proxies cut streams that say nothing, so a comment line, which is nothing to a client, is sent meanwhile.</summary>
    private async Task<bool> NextAsync(HttpResponse response, Task<bool> next, CancellationToken gone)
    {
        while (true)
        {
            try
            {
                return await next.WaitAsync(KeepAlive, gateway.Time, gone);
            }
            catch (TimeoutException)
            {
                await response.Body.WriteAsync(": still here\n\n"u8.ToArray(), gone);
                await response.Body.FlushAsync(gone);
            }
        }
    }

    private static byte[] Frame(NodeEvent what)
    {
        byte[] json = what switch
        {
            BlockFinalizedEvent block => JsonSerializer.SerializeToUtf8Bytes(block, V2Json.Default.BlockFinalizedEvent),
            CheckpointSignedEvent checkpoint => JsonSerializer.SerializeToUtf8Bytes(checkpoint, V2Json.Default.CheckpointSignedEvent),
            AnchoredEvent anchor => JsonSerializer.SerializeToUtf8Bytes(anchor, V2Json.Default.AnchoredEvent),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
        string id = what.Height.ToString(CultureInfo.InvariantCulture);
        return [.. System.Text.Encoding.ASCII.GetBytes($"event: {what.Name}\nid: {id}\ndata: "), .. json, (byte)'\n', (byte)'\n'];
    }
}
