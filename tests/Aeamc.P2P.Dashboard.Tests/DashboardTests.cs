using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Aeamc.P2P.DeviceApi.Tests.Support;

namespace Aeamc.P2P.Dashboard.Tests;

public sealed partial class DashboardTests : IAsyncLifetime
{
    private ApiServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ApiServer.StartAsync(
        new InMemoryNode(new TestNetwork()), ApiServer.Loopback with { DashboardPath = DashboardEndpoints.Path }, (app, _) => DashboardEndpoints.Map(app));

    public async ValueTask DisposeAsync()
    {
        Assert.Empty(_server.Failures.Lines);
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Everything_that_the_page_names_is_served_here_under_a_strict_policy()
    {
        string page = await GetAsync("/dashboard", "text/html");
        string[] named = [.. Reference().Matches(page).Select(match => match.Groups[1].Value).Distinct()];
        Assert.Contains("/dashboard/dashboard.js", named);
        foreach (string path in named)
        {
            Assert.StartsWith("/", path, StringComparison.Ordinal);
            if (path.StartsWith("/dashboard", StringComparison.Ordinal))
            {
                await GetAsync(path, null);
            }
        }

        Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("onclick", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_script_reads_only_what_the_api_gives()
    {
        string script = await GetAsync("/dashboard/dashboard.js", "text/javascript");
        Assert.DoesNotContain("innerHTML", script, StringComparison.Ordinal);
        Assert.DoesNotContain("://", script.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
        (_, JsonElement status) = await _server.GetJsonAsync("/v2/status");
        foreach (Match match in StatusField().Matches(script))
        {
            Assert.True(status.TryGetProperty(match.Groups[1].Value, out _), match.Value);
        }
    }

    [Fact]
    public async Task Every_element_that_the_script_fills_is_on_the_page()
    {
        string page = await GetAsync("/dashboard", "text/html");
        string script = await GetAsync("/dashboard/dashboard.js", "text/javascript");
        MatchCollection ids = Filled().Matches(script);
        Assert.True(ids.Count > 20);
        Assert.All(ids, match => Assert.Contains($"id=\"{match.Groups[1].Value}\"", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_browser_finds_the_page_from_the_root_and_a_phone_its_text()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Accept.ParseAdd("text/html");
        using HttpResponseMessage html = await _server.Http.SendAsync(request);
        Assert.Equal("text/html", html.Content.Headers.ContentType!.MediaType);
        Assert.Contains("href=\"/dashboard\"", await html.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using HttpResponseMessage text = await _server.Http.GetAsync("/");
        Assert.Equal("text/plain", text.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task What_did_not_change_is_not_sent_again()
    {
        using HttpResponseMessage first = await _server.Http.GetAsync("/dashboard");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/dashboard");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using HttpResponseMessage again = await _server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    private async Task<string> GetAsync(string path, string? type)
    {
        using HttpResponseMessage response = await _server.Http.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("default-src 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        if (type is not null)
        {
            Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        }

        return await response.Content.ReadAsStringAsync();
    }

    [GeneratedRegex("""(?:src|href)="([^"]*)""")]
    private static partial Regex Reference();

    [GeneratedRegex(@"\bstatus\.([a-z_]+)\b(?!\()")]
    private static partial Regex StatusField();

    [GeneratedRegex("""(?:set|byId|fill)\("([a-z0-9-]+)""")]
    private static partial Regex Filled();
}
