using System.Globalization;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceApi.Http;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aeamc.P2P.DeviceApi.V2;

/// <summary>What a node says of the chain and of itself.</summary>
internal sealed class ChainEndpoints(INodeGateway gateway)
{
    private const string Latest = "latest";

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/v2/status", StatusAsync);
        app.Get("/v2/nodes", NodesAsync);
        app.Get("/v2/blocks/{height}", BlockAsync);
        app.Get("/v2/checkpoints/{height}", CheckpointAsync);
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
