using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aeamc.P2P.Node.Configuration;

namespace Aeamc.P2P.Node.Cli;

/// <summary>Asks the running node of a configuration, for commands that show what it says.</summary>
internal static class NodeApi
{
    /// <summary>Gets a JSON object.</summary>
    /// <param name="configPath">The node's configuration file.</param>
    /// <param name="path">The call, from its slash on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer, or null and one line on standard error: no node answers, it has no such thing, or it is no node of this version.</returns>
    public static async Task<JsonObject?> GetAsync(string configPath, string path, CancellationToken cancellationToken)
    {
        NodeConfig config = ConfigLoader.Load(configPath, CommonOptions.Environment());
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using HttpResponseMessage reply = await client.GetAsync(new Uri($"http://{config.ApiListen}{path}"), cancellationToken);
            JsonObject answer = JsonNode.Parse(await reply.Content.ReadAsStringAsync(cancellationToken))!.AsObject();
            if (reply.IsSuccessStatusCode)
            {
                return answer;
            }

            Console.Error.WriteLine(reply.StatusCode == HttpStatusCode.TooManyRequests
                ? $"aeamc: {answer["message"]} Ask again in {reply.Headers.RetryAfter?.Delta?.TotalSeconds:0} s."
                : reply.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest && answer["code"]?.ToString() != "route_unknown"
                ? $"aeamc: {answer["message"]} {answer["mend"]}"
                : $"aeamc: the node at {config.ApiListen} does not know this call: it is of another version.");
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            Console.Error.WriteLine($"aeamc: no node answers at {config.ApiListen}. Start it with: aeamc run --config {configPath}");
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            Console.Error.WriteLine($"aeamc: what answers at {config.ApiListen} is no node of this version.");
        }

        return null;
    }
}
