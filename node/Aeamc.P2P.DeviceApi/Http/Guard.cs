using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Aeamc.P2P.DeviceApi.Http;

/// <summary>Keeps a stranger's broken request or early leave from becoming an unhandled exception. Faults of ours pass through to the host's log.</summary>
internal static class Guard
{
    public static RequestDelegate Wrap(RequestDelegate handler) => async context =>
    {
        try
        {
            await handler(context);
        }
        catch (BadHttpRequestException malformed)
        {
            // Kestrel found the body's framing broken while it was read; the status is its own.
            if (!context.Response.HasStarted)
            {
                ApiProblem problem = malformed.StatusCode == StatusCodes.Status413PayloadTooLarge
                    ? ApiProblem.RequestMalformed with { Status = malformed.StatusCode, Code = "body_too_large", Message = "The body is too long." }
                    : ApiProblem.RequestMalformed with { Status = malformed.StatusCode };
                await Reply.ProblemAsync(context, problem);
            }
        }
        catch (Exception gone) when (IsGone(gone, context))
        {
            // Nobody is there any more to be answered.
            context.Abort();
        }
    };

    private static bool IsGone(Exception cause, HttpContext context) =>
        cause is ConnectionResetException or ConnectionAbortedException
        || (cause is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested);
}
