using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceApi.Http;
using Aeamc.P2P.DeviceApi.Limits;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aeamc.P2P.DeviceApi.V2;

/// <summary>What devices and requesters post: envelopes, as JSON or as the MessagePack bytes that go into the chain.</summary>
internal sealed class SubmissionEndpoints(INodeGateway gateway, DeviceApiOptions options, ApiLimits limits)
{
    private readonly ChallengeSource _challenges = new(gateway.Time);
    private readonly EntryDecoder _decoder = new(gateway.Genesis.NetworkName);
    private readonly BlockWait _wait = new(gateway, options.BlockWait);

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/v2/challenge", ChallengeAsync);
        app.Post("/v2/devices", RegisterAsync);
        app.Post("/v2/heartbeats", context => AcceptAsync(context, EntryKind.Heartbeat));
        app.Post("/v2/proofs", context => AcceptAsync(context, EntryKind.TaskProof));
        app.Post("/v2/tasks", context => AcceptAsync(context, EntryKind.TaskPost));
        app.Post("/v2/leases", LeaseAsync);
    }

    private Task ChallengeAsync(HttpContext context)
    {
        (byte[] challenge, long expires) = _challenges.Create();
        return Reply.SendAsync(context, StatusCodes.Status200OK, new ChallengeReply(challenge, expires), V2Json.Default.ChallengeReply);
    }

    private async Task AcceptAsync(HttpContext context, EntryKind kind)
    {
        if (await ReadAsync(context) is { } envelope && await SubmitAsync(context, new LedgerEntry(kind, envelope)) is { } id)
        {
            await Reply.SendAsync(context, StatusCodes.Status202Accepted, AcceptedReply.Of(id), V2Json.Default.AcceptedReply);
        }
    }

    private async Task RegisterAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not { } envelope)
        {
            return;
        }

        if (!limits.TryRegister(context, out TimeSpan retryAfter))
        {
            await Reply.ProblemAsync(context, ApiProblem.RateLimited(retryAfter));
            return;
        }

        var entry = new LedgerEntry(EntryKind.DeviceRegistration, envelope);
        if (!_decoder.TryDecode(entry, out DecodedEntry? decoded) || decoded.Payload is not DeviceRegistration registration)
        {
            limits.CountForgery(context);
            await Reply.ProblemAsync(context, ApiProblem.Of(RefusalCode.MalformedEntry));
            return;
        }

        if (!_challenges.IsCurrent(registration.Challenge))
        {
            await Reply.ProblemAsync(context, ApiProblem.ChallengeUnknown);
            return;
        }

        if (await SubmitAsync(context, entry) is { } id)
        {
            await Reply.SendAsync(
                context, StatusCodes.Status202Accepted, AcceptedReply.Of(id, registration.Device), V2Json.Default.AcceptedReply);
        }
    }

    private async Task LeaseAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not { } envelope)
        {
            return;
        }

        var entry = new LedgerEntry(EntryKind.LeaseRequest, envelope);
        if (!_decoder.TryDecode(entry, out DecodedEntry? decoded) || decoded.Payload is not LeaseRequest request)
        {
            limits.CountForgery(context);
            await Reply.ProblemAsync(context, ApiProblem.Of(RefusalCode.MalformedEntry));
            return;
        }

        if (await SubmitAsync(context, entry) is not { } id)
        {
            return;
        }

        object? outcome = await _wait.UntilAsync(state => OutcomeOf(state, request.Device, id), context.RequestAborted);
        switch (outcome)
        {
            case LeaseReply lease:
                await Reply.SendAsync(context, StatusCodes.Status200OK, lease, V2Json.Default.LeaseReply);
                break;
            case EntryPlace refused:
                RefusalCode code = RefusalTexts.Parse(refused.RefusalCode) ?? RefusalCode.NoTaskAvailable;
                await Reply.ProblemAsync(context, ApiProblem.Of(code) with { Code = refused.RefusalCode });
                break;
            default:
                // Not in a block yet: the receipt and the device's record will show it.
                await Reply.SendAsync(context, StatusCodes.Status202Accepted, AcceptedReply.Of(id), V2Json.Default.AcceptedReply);
                break;
        }
    }

    /// <summary>The lease that a request was granted, the place where it was refused, or null while neither is known.</summary>
    private object? OutcomeOf(LedgerState state, DeviceId device, Hash256 request)
    {
        if (state.TryGetDevice(device, out DeviceRecord? record) && record.Lease is { } lease && lease.Id == request)
        {
            return LeaseReply.Of(state, lease);
        }

        return gateway.FindEntry(request) is { Stage: EntryStage.Refused } place ? place : null;
    }

    /// <summary>The envelope that was posted, or null when the request was refused.</summary>
    private async ValueTask<byte[]?> ReadAsync(HttpContext context)
    {
        if (EnvelopeBody.IsMessagePack(context.Request.ContentType) is not { } isMessagePack)
        {
            await Reply.ProblemAsync(context, ApiProblem.MediaTypeUnsupported);
            return null;
        }

        if (await RequestBody.ReadAsync(context, options.MaxBodyBytes) is not { } body)
        {
            await Reply.ProblemAsync(context, ApiProblem.BodyTooLarge(options.MaxBodyBytes));
            return null;
        }

        byte[]? envelope = isMessagePack ? body : EnvelopeBody.TryReadJson(body, out byte[]? built) ? built : null;
        if (Refusal(context, envelope) is { } problem)
        {
            await Reply.ProblemAsync(context, problem);
            return null;
        }

        return envelope;
    }

    /// <summary>Why the node will not even look at an envelope's signature; null when it will.</summary>
    private ApiProblem? Refusal(HttpContext context, byte[]? envelope)
    {
        if (envelope is null || !EnvelopeBody.TryReadKey(envelope, out ReadOnlySpan<byte> key))
        {
            limits.CountForgery(context);
            return ApiProblem.BodyMalformed;
        }

        return limits.TryMessage(context, key, out TimeSpan retryAfter) ? null : ApiProblem.RateLimited(retryAfter);
    }

    /// <summary>The entry's id when it was taken, now or before; null when the request was refused.</summary>
    private async ValueTask<Hash256?> SubmitAsync(HttpContext context, LedgerEntry entry)
    {
        Submission submission = await gateway.SubmitAsync(entry, context.RequestAborted);
        switch (submission.Status)
        {
            case SubmissionStatus.Accepted or SubmissionStatus.AlreadyKnown:
                return submission.EntryId;
            case SubmissionStatus.Busy:
                await Reply.ProblemAsync(context, ApiProblem.Busy);
                return null;
            default:
                if (submission.Code is RefusalCode.MalformedEntry or RefusalCode.SignatureInvalid)
                {
                    limits.CountForgery(context);
                }

                await Reply.ProblemAsync(context, ApiProblem.Of(submission.Code));
                return null;
        }
    }
}
