using System.Diagnostics;
using Aeamc.P2P.DeviceApi.Http;
using Aeamc.P2P.Libp2p;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Aeamc.P2P.Node.Hosting;

/// <summary>
/// Counts what reaches the HTTP port and is no request, by a stable reason: bytes that Kestrel itself refuses before there is a request, and
/// requests whose path, media type, length or body cannot be one of the API's. Refusals by the ledger's rules are counted where they are decided.
/// </summary>
internal static class HttpRefusals
{
    // Raised by Kestrel for each request that it refuses by itself; the value is the request's feature collection.
    private const string BadRequestEvent = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private static readonly object Counted = new();

    /// <summary>Counts from now on. Called before the endpoints are added.</summary>
    public static void Count(WebApplication app, RefusalCounters counters)
    {
        app.Services.GetRequiredService<DiagnosticListener>().Subscribe(new BadRequestObserver(counters), name => name == BadRequestEvent);
        app.Use(async (context, next) =>
        {
            // Before the answer leaves: who has read it finds it counted.
            context.Response.OnStarting(() =>
            {
                if (ReasonOf(context) is { } reason)
                {
                    context.Items[Counted] = reason;
                    counters.Count(reason);
                }

                return Task.CompletedTask;
            });
            await next(context);
        });
    }

    private static string? ReasonOf(HttpContext context) =>
        context.Response.StatusCode == StatusCodes.Status404NotFound
            ? context.GetEndpoint() is { } endpoint && endpoint.Metadata.GetMetadata<UnknownRoute>() is null ? null : "http-route-unknown"
            : ReasonOf(context.Response.StatusCode);

    private static string? ReasonOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest or StatusCodes.Status411LengthRequired => "http-malformed",
        StatusCodes.Status405MethodNotAllowed => "http-method-not-allowed",
        StatusCodes.Status408RequestTimeout => "http-timeout",
        StatusCodes.Status413PayloadTooLarge => "http-body-too-large",
        StatusCodes.Status414UriTooLong => "http-path-too-long",
        StatusCodes.Status415UnsupportedMediaType => "http-media-type-unsupported",
        StatusCodes.Status429TooManyRequests => "http-rate-limited",
        StatusCodes.Status431RequestHeaderFieldsTooLarge => "http-headers-too-large",
        StatusCodes.Status505HttpVersionNotsupported => "http-version-unsupported",
        _ => null,
    };

    private sealed class BadRequestObserver(RefusalCounters counters) : IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(KeyValuePair<string, object?> value)
        {
            // A body that turns out broken while it is read is answered by its endpoint, and counted then.
            if (value.Key == BadRequestEvent
                && value.Value is IFeatureCollection request
                && request.Get<IItemsFeature>()?.Items.ContainsKey(Counted) != true)
            {
                int status = (request.Get<IBadRequestExceptionFeature>()?.Error as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest;
                counters.Count(ReasonOf(status) ?? "http-malformed");
            }
        }

        public void OnCompleted()
        {
            // The host goes with its listener.
        }

        public void OnError(Exception error)
        {
            // Kestrel raises none.
        }
    }
}
