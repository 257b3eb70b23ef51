using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceApi.Http;
using Aeamc.P2P.DeviceApi.Limits;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aeamc.P2P.DeviceApi.V1;

/// <summary>
/// Phase 1's calls, byte for byte (devices.md): exact paths, camelCase names, unknown fields ignored, any content type. The wire is kept, not the defects.
/// </summary>
internal sealed class V1Endpoints(INodeGateway gateway, DeviceApiOptions options, ApiLimits limits)
{
    private const string Text = "text/plain; charset=utf-8";
    private const int NonceSize = 16;

    private readonly BlockWait _wait = new(gateway, options.BlockWait);

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/ping", GreetAsync);
        app.Get("/", RootAsync);
        app.Get("/stats", StatsAsync);
        app.Post("/telemetry", TelemetryAsync);
        app.Post("/task", TaskAsync);
        app.Post("/proof", ProofAsync);
    }

    private static Task GreetAsync(HttpContext context) =>
        Reply.BytesAsync(context, StatusCodes.Status200OK, Text, "AEAMC node\n"u8.ToArray());

    /// <summary>The greeting; for a browser a page that links to the dashboard.</summary>
    private Task RootAsync(HttpContext context) =>
        options.DashboardPath is { } path && Reply.Wants(context, "text/html")
            ? Reply.BytesAsync(
                context,
                StatusCodes.Status200OK,
                "text/html; charset=utf-8",
                Encoding.UTF8.GetBytes(
                    $"""<!doctype html><html lang="en"><meta charset="utf-8"><title>AEAMC node</title><p>This is an AEAMC node. See its <a href="{path}">dashboard</a>.</p></html>"""))
            : GreetAsync(context);

    private Task StatsAsync(HttpContext context)
    {
        NodeStatus status = gateway.Status();
        ulong anchored = gateway.State.Counters.AnchoredHeight;
        foreach (AnchorStatus anchor in status.Anchors)
        {
            anchored = Math.Max(anchored, anchor.Height);
        }

        return SendAsync(context, StatusCodes.Status200OK, new StatsV1(gateway.Head.Value, status.Pending, anchored), V1Json.Default.StatsV1);
    }

    private async Task TelemetryAsync(HttpContext context)
    {
        if (await ReadAsync(context, V1Json.Default.TelemetryV1) is not { } sent || !await IsAllowedAsync(context, sent.DeviceId))
        {
            return;
        }

        if (!DeviceId.TryParseV1(sent.DeviceId, out DeviceId device))
        {
            await ErrorAsync(context, StatusCodes.Status400BadRequest, RefusalCode.DeviceIdMalformed);
            return;
        }

        var telemetry = Telemetry.OfV1(
            Hundredths(sent.BatteryPercentage), sent.IsCharging ?? false, Hundredths(sent.CpuTemperature), Integer(sent.NetworkLatency ?? -1));
        Submission submission = await SubmitAsync(context, new HeartbeatV1(device, Now(), telemetry));
        switch (submission.Status)
        {
            case SubmissionStatus.Busy:
                await BusyAsync(context);
                break;
            case SubmissionStatus.Refused when submission.Code != RefusalCode.HeartbeatTooSoon:
                await ErrorAsync(context, StatusCodes.Status400BadRequest, submission.Code);
                break;
            default:
                // A reading that came too soon is no fault of the phone's: the last one counts on.
                await SendAsync(context, StatusCodes.Status200OK, new TelemetryReplyV1(true), V1Json.Default.TelemetryReplyV1);
                break;
        }
    }

    private async Task TaskAsync(HttpContext context)
    {
        if (await ReadAsync(context, V1Json.Default.TaskRequestV1) is not { } sent || !await IsAllowedAsync(context, sent.DeviceId))
        {
            return;
        }

        if (!DeviceId.TryParseV1(sent.DeviceId, out DeviceId device))
        {
            await ErrorAsync(context, StatusCodes.Status400BadRequest, RefusalCode.DeviceIdMalformed);
            return;
        }

        if (OpenUnit(gateway.State, device) is { } open)
        {
            await SendAsync(context, StatusCodes.Status200OK, open, V1Json.Default.TaskV1);
            return;
        }

        Submission submission = await SubmitAsync(context, new LeaseRequestV1(device, Now(), RandomNumberGenerator.GetBytes(NonceSize)));
        if (submission.Status == SubmissionStatus.Busy)
        {
            await BusyAsync(context);
            return;
        }

        if (submission.Status == SubmissionStatus.Refused)
        {
            await ErrorAsync(context, StatusCodes.Status404NotFound, submission.Code);
            return;
        }

        EntryPlace? refused = null;
        TaskV1? task = await _wait.UntilAsync(
            state =>
            {
                refused = gateway.FindEntry(submission.EntryId) is { Stage: EntryStage.Refused } place ? place : null;
                return OpenUnit(state, device) ?? (refused is null ? null : new TaskV1("", ""));
            },
            context.RequestAborted);
        if (task is { Id.Length: > 0 })
        {
            await SendAsync(context, StatusCodes.Status200OK, task, V1Json.Default.TaskV1);
            return;
        }

        string reason = refused is null ? "lease_pending: The request waits for its block; ask again in a moment." : RefusalTexts.Of(refused.RefusalCode);
        await SendAsync(context, StatusCodes.Status404NotFound, new ErrorV1(reason), V1Json.Default.ErrorV1);
    }

    private async Task ProofAsync(HttpContext context)
    {
        if (await ReadAsync(context, V1Json.Default.ProofV1) is not { } sent || !await IsAllowedAsync(context, sent.DeviceId))
        {
            return;
        }

        Span<byte> signature = stackalloc byte[2 * StrictDer.MaxLength];
        bool decoded = Convert.TryFromBase64String(sent.Signature ?? "", signature, out int length);
        RefusalCode code = TaskProofV1.TryCreate(
            sent.TaskId,
            sent.DeviceId,
            sent.Timestamp ?? 0,
            sent.OutputDigest,
            sent.Checkpoint,
            sent.ExecutionMetadata?.ExecutionTimeMs ?? 0,
            sent.ExecutionMetadata?.CpuCycles ?? 0,
            decoded ? signature[..length] : [],
            out TaskProofV1? proof);
        if (proof is null)
        {
            await RefuseProofAsync(context, code);
            return;
        }

        Submission submission = await SubmitAsync(context, proof);
        switch (submission.Status)
        {
            case SubmissionStatus.Busy:
                await BusyAsync(context);
                break;
            case SubmissionStatus.Refused when submission.Code != RefusalCode.ProbationPending:
                await RefuseProofAsync(context, submission.Code);
                break;
            default:
                await SendAsync(context, StatusCodes.Status202Accepted, new ProofReplyV1(true, null), V1Json.Default.ProofReplyV1);
                break;
        }
    }

    /// <summary>The next unproven unit of the lease that a device holds; null when it holds none.</summary>
    private static TaskV1? OpenUnit(LedgerState state, DeviceId device)
    {
        if (!state.TryGetLease(device, out Lease? lease) || !state.TryGetTask(lease.PostId, out TaskRecord? task))
        {
            return null;
        }

        int offset = 0;
        while (lease.Proven[offset])
        {
            offset++;
        }

        uint unit = (uint)(lease.First + offset);
        var data = new TaskDataV1(task.Kind.Name(), task.Input.ToString(), unit, task.Steps, task.Segment);
        return new TaskV1(TaskUnit.Id(lease.PostId, unit).ToString(), JsonSerializer.Serialize(data, V1Json.Default.TaskDataV1));
    }

    private ValueTask<Submission> SubmitAsync(HttpContext context, EntryPayload payload) =>
        gateway.SubmitAsync(new LedgerEntry(payload.Kind, payload.Encode()), context.RequestAborted);

    /// <summary>The body, or null when it was refused.</summary>
    private async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        if (await RequestBody.ReadAsync(context, options.MaxBodyBytes) is not { } body)
        {
            ApiProblem problem = ApiProblem.BodyTooLarge(options.MaxBodyBytes);
            await ErrorAsync(context, problem);
            return null;
        }

        if (!JsonBody.TryRead(body, type, out T? value))
        {
            await ErrorAsync(context, ApiProblem.BodyMalformed);
        }

        return value;
    }

    private async Task<bool> IsAllowedAsync(HttpContext context, string? deviceId)
    {
        Span<byte> name = stackalloc byte[DeviceId.V1Size];
        name.Clear();
        if (DeviceId.TryParseV1(deviceId, out DeviceId device))
        {
            device.CopyTo(name);
        }

        if (limits.TryMessage(context, name, out TimeSpan retryAfter))
        {
            return true;
        }

        await ErrorAsync(context, ApiProblem.RateLimited(retryAfter));
        return false;
    }

    private Timestamp Now() => new((ulong)gateway.Time.GetUtcNow().ToUnixTimeMilliseconds());

    private static int Hundredths(double? value) => Integer((value ?? -1) * 100);

    private static int Integer(double value) => double.IsNaN(value) ? -1 : (int)Math.Clamp(Math.Round(value), int.MinValue, int.MaxValue);

    private static Task BusyAsync(HttpContext context) => ErrorAsync(context, ApiProblem.Busy);

    private static Task RefuseProofAsync(HttpContext context, RefusalCode code) => SendAsync(
        context, StatusCodes.Status400BadRequest, new ProofReplyV1(false, RefusalTexts.Of(code)), V1Json.Default.ProofReplyV1);

    private static Task ErrorAsync(HttpContext context, int status, RefusalCode code) =>
        SendAsync(context, status, new ErrorV1(RefusalTexts.Of(code)), V1Json.Default.ErrorV1);

    private static Task ErrorAsync(HttpContext context, ApiProblem problem)
    {
        if (problem.RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return SendAsync(context, problem.Status, new ErrorV1($"{problem.Code}: {problem.Message}"), V1Json.Default.ErrorV1);
    }

    private static Task SendAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type) =>
        Reply.BytesAsync(context, status, Reply.Json, JsonSerializer.SerializeToUtf8Bytes(value, type));
}
