using System.Globalization;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceApi.Http;
using Aeamc.P2P.DeviceApi.Limits;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aeamc.P2P.DeviceApi.V2;

/// <summary>What a node says of the chain and of itself.</summary>
internal sealed class ChainEndpoints(INodeGateway gateway, ApiLimits limits)
{
    private const string Latest = "latest";
    private const int MaximumId = 64;

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/v2/status", StatusAsync);
        app.Get("/v2/nodes", NodesAsync);
        app.Get("/v2/blocks/{height}", BlockAsync);
        app.Get("/v2/checkpoints/{height}", CheckpointAsync);

        // One explanation may read hundreds of stored certificates.
        app.Get("/v2/explain/{what}/{id}", limits.Read("explain", ExplainAsync));
    }

    private Task StatusAsync(HttpContext context) =>
        Reply.SendAsync(context, StatusCodes.Status200OK, gateway.Status(), V2Json.Default.NodeStatus);

    private Task NodesAsync(HttpContext context)
    {
        IReadOnlyList<MemberStatus> seen = gateway.Status().Committee;
        NodeReply Describe(GenesisMember member)
        {
            string id = member.Id.ToString();
            MemberStatus? status = seen.FirstOrDefault(candidate => candidate.NodeId == id);
            return new NodeReply(id, member.Label, member.Address, status?.Connected ?? false, status?.IsSelf ?? false);
        }

        var reply = new NodesReply([.. gateway.Genesis.Committee.Select(Describe)]);
        return Reply.SendAsync(context, StatusCodes.Status200OK, reply, V2Json.Default.NodesReply);
    }

    private Task BlockAsync(HttpContext context)
    {
        if (!TryReadHeight(context, out Height? height))
        {
            return Reply.ProblemAsync(context, ApiProblem.IdMalformed);
        }

        return gateway.FindBlock(height ?? gateway.Head) is { } block
            ? Reply.SendAsync(context, StatusCodes.Status200OK, BlockReply.Of(block), V2Json.Default.BlockReply)
            : Reply.ProblemAsync(context, ApiProblem.Unknown("block", "Ask for a height up to the one in /v2/status; old blocks may be pruned here."));
    }

    private Task CheckpointAsync(HttpContext context)
    {
        if (!TryReadHeight(context, out Height? height))
        {
            return Reply.ProblemAsync(context, ApiProblem.IdMalformed);
        }

        return (height is { } least ? gateway.FindCheckpoint(least) : gateway.LatestCheckpoint()) is { } signed
            ? Reply.SendAsync(context, StatusCodes.Status200OK, CheckpointReply.Of(signed), V2Json.Default.CheckpointReply)
            : Reply.ProblemAsync(context, ApiProblem.Unknown("checkpoint", "Wait for the next one; it covers all blocks below it."));
    }

    private Task ExplainAsync(HttpContext context)
    {
        string id = (string)context.Request.RouteValues["id"]!;
        ExplainSubject? subject = (string)context.Request.RouteValues["what"]! switch
        {
            "block" => ExplainSubject.Block,
            "view" => ExplainSubject.View,
            "evidence" => ExplainSubject.Evidence,
            "member" => ExplainSubject.Member,
            "proof" => ExplainSubject.Proof,
            _ => null,
        };
        if (subject is not { } what || id.Length > MaximumId)
        {
            return Reply.ProblemAsync(context, ApiProblem.IdMalformed);
        }

        return gateway.Explain(what, id) is { } explanation
            ? Reply.SendAsync(context, StatusCodes.Status200OK, explanation, V2Json.Default.Explanation)
            : Reply.ProblemAsync(context, ApiProblem.Unknown(what.ToString().ToLowerInvariant(), MendOf(what)));
    }

    private static string MendOf(ExplainSubject what) => what switch
    {
        ExplainSubject.Block => "Give a height up to the one in /v2/status; old blocks may be pruned here.",
        ExplainSubject.View => "Give a view up to the one in /v2/status.",
        ExplainSubject.Evidence => "Give the id of an entry with evidence, as `aeamc status` and `aeamc explain member` show it.",
        ExplainSubject.Member => "Give a member's place in the committee from 0 on, its label in the genesis file, or its node id of 64 hexadecimal digits.",
        ExplainSubject.Proof => "Give the id of 64 hexadecimal digits that the node answered to the submission; ask the node that took the entry, or wait for its block.",
        _ => throw Invariant.Fail($"nothing to say of {what}"),
    };

    /// <summary>A height, or null for the latest.</summary>
    private static bool TryReadHeight(HttpContext context, out Height? height)
    {
        string text = (string)context.Request.RouteValues["height"]!;
        bool latest = text == Latest;
        bool read = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value);
        height = latest ? null : new Height(value);
        return latest || read;
    }
}
