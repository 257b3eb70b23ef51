using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceApi.Http;
using Aeamc.P2P.DeviceApi.Limits;
using Aeamc.P2P.DeviceApi.V1;
using Aeamc.P2P.DeviceApi.V2;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aeamc.P2P.DeviceApi;

/// <summary>The HTTP interface of a node: Phase 1's calls on their old paths, and version 2 under <c>/v2</c>.</summary>
public static class DeviceApiEndpoints
{
    /// <summary>Adds all calls to a host. The host owns the listener, its limits and TLS.</summary>
    /// <param name="app">Where to add them.</param>
    /// <param name="gateway">The node.</param>
    /// <param name="options">The bounds.</param>
    /// <returns>The limits that are counted, for what else the host serves.</returns>
    public static ApiLimits Map(IEndpointRouteBuilder app, INodeGateway gateway, DeviceApiOptions options)
    {
        var limits = new ApiLimits(options, gateway.Time);
        new V1Endpoints(gateway, options, limits).Map(app);
        new SubmissionEndpoints(gateway, options, limits).Map(app);
        new RecordEndpoints(gateway).Map(app);
        new ChainEndpoints(gateway, limits).Map(app);
        new EventStream(gateway, options).Map(app);
        OpenApiDocument.Map(app);
        app.Map("/v2/{**path}", Guard.Wrap(context => Reply.ProblemAsync(context, ApiProblem.RouteUnknown))).WithMetadata(UnknownRoute.Instance);
        return limits;
    }

    /// <summary>Adds a GET whose handler may meet a stranger's mistakes.</summary>
    internal static void Get(this IEndpointRouteBuilder app, string path, RequestDelegate handler) =>
        app.MapGet(path, Guard.Wrap(handler));

    /// <summary>Adds a POST whose handler may meet a stranger's mistakes.</summary>
    internal static void Post(this IEndpointRouteBuilder app, string path, RequestDelegate handler) =>
        app.MapPost(path, Guard.Wrap(handler));
}
