using System.Net;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceApi.Limits;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aeamc.P2P.DeviceApi.Tests.Support;

/// <summary>Kestrel on a loopback port of its own, serving a node's API as the daemon does.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiServer(WebApplication app, FailureLog failures)
    {
        _app = app;
        Failures = failures;
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Address = new Uri(address);
        Http = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    /// <summary>What the server logged as an error: an unhandled exception of a handler shows here.</summary>
    public FailureLog Failures { get; }

    public static async Task<ApiServer> StartAsync(INodeGateway node, DeviceApiOptions? options = null, Action<WebApplication, ApiLimits>? more = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        var failures = new FailureLog();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(failures);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        ApiLimits limits = DeviceApiEndpoints.Map(app, node, options ?? Loopback);
        more?.Invoke(app, limits);
        await app.StartAsync();
        return new ApiServer(app, failures);
    }

    /// <summary>The bounds that a testnet sets, where all devices have one address.</summary>
    public static DeviceApiOptions Loopback { get; } = new() { RegisterPerHour = 1_000_000, MessagesPerMinute = 10_000_000, ReadsPerMinute = 10_000_000 };

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>Keeps what is logged at error level.</summary>
public sealed class FailureLog : ILoggerProvider, ILogger
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            lock (_lines)
            {
                _lines.Add($"{formatter(state, exception)} {exception}");
            }
        }
    }

    public void Dispose()
    {
    }
}
