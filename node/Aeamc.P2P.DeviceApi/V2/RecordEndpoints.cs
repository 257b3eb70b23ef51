using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceApi.Http;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aeamc.P2P.DeviceApi.V2;

/// <summary>What is on record about a device, a task or an entry.</summary>
internal sealed class RecordEndpoints(INodeGateway gateway)
{
    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/v2/devices/{id}", DeviceAsync);
        app.Get("/v2/tasks/{id}", TaskAsync);
        app.Get("/v2/receipts/{id}", ReceiptAsync);
        app.Get("/v2/receipts/{id}/proof", ProofAsync);
    }

    private Task DeviceAsync(HttpContext context)
    {
        if (!DeviceId.TryParse(IdOf(context), out DeviceId id))
        {
            return Reply.ProblemAsync(context, ApiProblem.IdMalformed);
        }

        LedgerState state = gateway.State;
        return state.TryGetDevice(id, out DeviceRecord? device)
            ? Reply.SendAsync(context, StatusCodes.Status200OK, DeviceReply.Of(state, device), V2Json.Default.DeviceReply)
            : Reply.ProblemAsync(context, ApiProblem.Of(RefusalCode.DeviceUnknown));
    }

    private Task TaskAsync(HttpContext context)
    {
        if (!Hash256.TryParse(IdOf(context), out Hash256 id))
        {
            return Reply.ProblemAsync(context, ApiProblem.IdMalformed);
        }

        return gateway.State.TryGetTask(id, out TaskRecord? task)
            ? Reply.SendAsync(context, StatusCodes.Status200OK, TaskReply.Of(task), V2Json.Default.TaskReply)
            : Reply.ProblemAsync(context, ApiProblem.Unknown("task", "Wait for the block with the post; a closed task is kept for some time only."));
    }

    private Task ReceiptAsync(HttpContext context)
    {
        if (!Hash256.TryParse(IdOf(context), out Hash256 id))
        {
            return Reply.ProblemAsync(context, ApiProblem.IdMalformed);
        }

        if (gateway.FindEntry(id) is not { } place)
        {
            return Reply.ProblemAsync(context, ApiProblem.Unknown("receipt", "Ask the node that took the entry, or wait for its block."));
        }

        bool placed = place.Stage != EntryStage.Pending;
        bool refused = place.RefusalCode.Length > 0;
        var reply = new ReceiptReply(
            id.ToString(),
            place.Stage.ToString().ToLowerInvariant(),
            placed ? place.Height.Value : null,
            placed ? place.Index : null,
            refused ? place.RefusalCode : null,
            refused ? RefusalTexts.Sentence(place.RefusalCode) : null,
            placed ? $"/v2/receipts/{id}/proof" : null);
        return Reply.SendAsync(context, StatusCodes.Status200OK, reply, V2Json.Default.ReceiptReply);
    }

    private Task ProofAsync(HttpContext context)
    {
        if (!Hash256.TryParse(IdOf(context), out Hash256 id))
        {
            return Reply.ProblemAsync(context, ApiProblem.IdMalformed);
        }

        if (gateway.ProveEntry(id) is not { } proof)
        {
            return Reply.ProblemAsync(context, ApiProblem.Unknown("proof", "There is one as soon as the entry is in a finalized block."));
        }

        byte[] encoded = proof.Encode();
        if (Reply.Wants(context, "octet-stream"))
        {
            return Reply.BytesAsync(context, StatusCodes.Status200OK, Reply.Binary, encoded);
        }

        return Reply.SendAsync(context, StatusCodes.Status200OK, Describe(id, proof, encoded), V2Json.Default.ProofReply);
    }

    private static ProofReply Describe(Hash256 id, ReceiptProof proof, byte[] encoded) => new(
        id.ToString(),
        ((EntryKind)proof.Entry.Kind).Name(),
        proof.Header.Height.Value,
        proof.Inclusion.Index,
        proof.Header.ComputeHash().ToString(),
        Convert.ToHexStringLower(proof.Header.ToArray()),
        proof.Entry.Bytes,
        proof.Checkpoint?.Signed.Checkpoint.Height.Value,
        encoded);

    private static string IdOf(HttpContext context) => (string)context.Request.RouteValues["id"]!;
}
