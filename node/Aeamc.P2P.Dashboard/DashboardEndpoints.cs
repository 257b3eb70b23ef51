using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Aeamc.P2P.Dashboard;

/// <summary>
/// The page that a node serves about itself: static files that read the device API of the same node (<c>/v2/status</c>, <c>/v2/nodes</c>,
/// <c>/v2/events</c>). Nothing comes from another host, and the content security policy would not let it.
/// </summary>
public static class DashboardEndpoints
{
    /// <summary>Where the page is.</summary>
    public const string Path = "/dashboard";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Adds the page and its parts to a host that also maps the device API.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        Serve(app, Path, "dashboard.html", "text/html; charset=utf-8");
        Serve(app, Path + "/dashboard.css", "dashboard.css", "text/css; charset=utf-8");
        Serve(app, Path + "/dashboard.js", "dashboard.js", "text/javascript; charset=utf-8");
        Serve(app, Path + "/icon.svg", "icon.svg", "image/svg+xml");
    }

    private static void Serve(IEndpointRouteBuilder app, string path, string asset, string contentType)
    {
        byte[] bytes = Load(asset);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\"");
        app.MapGet(path, context => SendAsync(context, bytes, tag, contentType));
    }

    private static async Task SendAsync(HttpContext context, byte[] bytes, EntityTagHeaderValue tag, string contentType)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        headers.ETag = tag.ToString();
        if (context.Request.Headers.IfNoneMatch == headers.ETag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static byte[] Load(string asset)
    {
        using Stream stream = typeof(DashboardEndpoints).Assembly.GetManifestResourceStream(asset)
            ?? throw new InvalidOperationException($"The assembly was built without {asset}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
