using System.Text;
using Aeamc.P2P.DeviceApi.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aeamc.P2P.DeviceApi.V1;

/// <summary>Phase 1's calls, byte for byte (devices.md): exact paths, camelCase names, unknown fields ignored.</summary>
internal static class V1Endpoints
{
    private static readonly byte[] Greeting = Encoding.UTF8.GetBytes("AEAMC node\n");

    public static void Map(IEndpointRouteBuilder app)
    {
        app.Get("/ping", GreetAsync);
        app.Get("/", GreetAsync);
    }

    private static Task GreetAsync(HttpContext context) =>
        Reply.BytesAsync(context, StatusCodes.Status200OK, "text/plain; charset=utf-8", Greeting);
}
