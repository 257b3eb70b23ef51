using Aeamc.P2P.Dashboard;
using Aeamc.P2P.DeviceApi;
using Aeamc.P2P.DeviceApi.Limits;
using Aeamc.P2P.Node.Configuration;
using Aeamc.P2P.Node.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aeamc.P2P.Node.Hosting;

/// <summary>Kestrel in front of a node: the device API, the page, and nothing that the node itself depends on.</summary>
public sealed class WebHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebHost(WebApplication app) => _app = app;

    /// <summary>Where it listens; with the port that was found where 0 was asked for.</summary>
    public Uri Address => new(_app.Urls.Single());

    /// <summary>Listens on the configured address.</summary>
    /// <exception cref="IOException">The port is taken; the message names it.</exception>
    public static async Task<WebHost> StartAsync(NodeConfig config, NodeHost node, ILoggerFactory loggers)
    {
        // Empty: node.toml is the only configuration. The other builders also read appsettings.json and ASPNETCORE_URLS, and watch every folder below the
        // working directory for a change of the former: from "/", where service managers start a daemon, that is the whole machine.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "aeamc" });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = config.MaxBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = 10_000;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
            kestrel.Listen(config.ApiListen, listen => listen.Protocols = HttpProtocols.Http1);
        });

        // The daemon owns signals and shutdown; the web server must not end the process by itself.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        WebApplication app = builder.Build();
        HttpRefusals.Count(app, node.HttpRefusals);
        ApiLimits limits = DeviceApiEndpoints.Map(app, node.Gateway, new DeviceApiOptions
        {
            RegisterPerHour = config.RegisterPerHour,
            MessagesPerMinute = config.MessagesPerMinute,
            ReadsPerMinute = config.ReadsPerMinute,
            MaxBodyBytes = config.MaxBodyBytes,
            DashboardPath = DashboardEndpoints.Path,
        });
        DashboardEndpoints.Map(app);
        app.MapGet(MetricsPage.Path, limits.Read("metrics", context =>
        {
            context.Response.ContentType = PrometheusText.ContentType;
            return context.Response.WriteAsync(MetricsPage.Write(node.Gateway.Status(), node.Views.Counts, node.Finality, node.Latency), context.RequestAborted);
        }));
        await app.StartAsync();
        return new WebHost(app);
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
