using System.Net;
using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.DeviceClient.Fleet;

/// <summary>A phone that still has the Phase-1 SDK.</summary>
internal sealed class V1Phone(V1Device device, NodeRoute route, FleetOptions options, FleetCounters counters, Random random, TimeProvider time)
    : Phone(route, options, counters, random, time)
{
    private readonly Random _random = random;

    /// <summary>Phase 1 knows no registration: telemetry makes a phone known.</summary>
    protected override Task<PostResult> IntroduceAsync(CancellationToken cancellationToken) => HeartbeatAsync(cancellationToken);

    protected override async Task<PostResult> HeartbeatAsync(CancellationToken cancellationToken)
    {
        Telemetry reading = Sensors.Read();
        V1Reply reply = await device.TelemetryAsync(
            Route.Current.Node,
            reading.BatteryHundredths / 100f,
            reading.Charging,
            reading.TemperatureHundredths / 100f,
            reading.LatencyMs,
            cancellationToken);
        if (reply.Status == HttpStatusCode.OK)
        {
            Counters.CountHeartbeat();
        }

        return ResultOf(reply, HttpStatusCode.OK);
    }

    protected override async Task WorkAsync(CancellationToken cancellationToken)
    {
        (V1Task? task, V1Reply reply) = await device.TaskAsync(Route.Current.Node, cancellationToken);
        if (task is null)
        {
            PostResult refused = ResultOf(reply, HttpStatusCode.OK);
            Counters.CountRefused(refused.Code);
            if (refused.Code == PostResult.Unreachable)
            {
                Route.Move();
            }

            return;
        }

        string digest = V1Device.Execute(task);
        Counters.CountExecuted();

        // The SDK multiplies nanoseconds by a frequency in 32 bits: some counts come out negative.
        long cycles = unchecked((int)_random.NextInt64());
        PostResult result = await PersistAsync(
            async () => ResultOf(await device.ProofAsync(Route.Current.Node, task.Id, digest, _random.Next(1, 50), cycles, cancellationToken), HttpStatusCode.Accepted),
            cancellationToken);
        if (result.Accepted)
        {
            Counters.CountProof();
        }
    }

    private static PostResult ResultOf(V1Reply reply, HttpStatusCode good)
    {
        string code = reply.Code.Length > 0 ? reply.Code : "http_" + (int)reply.Status;
        return reply.Status == good ? new PostResult(true, default, "", "", null) : new PostResult(false, default, code, reply.Text, null);
    }
}
