using Aeamc.P2P.DeviceApi.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aeamc.P2P.DeviceApi.V2;

/// <summary>The description of version 2 for generators of clients (OpenAPI 3.1).</summary>
internal static class OpenApiDocument
{
    private static readonly byte[] Bytes = Load();

    public static void Map(IEndpointRouteBuilder app) =>
        app.Get("/openapi/v2.json", context => Reply.BytesAsync(context, StatusCodes.Status200OK, Reply.Json, Bytes));

    private static byte[] Load()
    {
        using Stream stream = typeof(OpenApiDocument).Assembly.GetManifestResourceStream("openapi.v2.json")
            ?? throw new InvalidOperationException("The assembly was built without openapi.v2.json.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
