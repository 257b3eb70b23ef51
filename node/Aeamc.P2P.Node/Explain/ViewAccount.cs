using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Explain;

/// <summary>What became of a view, and why.</summary>
internal sealed class ViewAccount(ExplainerSources sources, ChainReader chain, MemberNames names)
{
    private const string Block = "block";
    private const string Nullified = "nullified";
    private const string NoBlock = "no_block";
    private const string Open = "open";

    public ExplainedView Of(View view)
    {
        Height head = sources.Head().Height;
        ViewRecord? record = sources.Journal.Find(view);
        Height? height = chain.FindBlock(view, head);
        string outcome = height is not null ? Block
            : record is { IsNullified: true } ? Nullified
            : view > chain.ViewOf(head) ? Open
            : NoBlock;
        return new ExplainedView(
            view.Value,
            names.Id(sources.Context.Leaders.LeaderOf(view)),
            outcome,
            height?.Value,
            record?.Reason is { } reason ? ConsensusObserver.Name(reason) : null,
            record is { Detail.Length: > 0 } ? record.Detail : null,
            record is null ? [] : [.. chain.Signers(record.Signers).Select(names.Id)],
            record?.At.Milliseconds);
    }

    public string Sentence(ExplainedView account)
    {
        string leader = names.Of(account.Leader);
        string why = account.Reason is null ? "this node did not give it up itself, or does not remember why" : $"this node gave it up because {Because(account)}";
        string by = account.GivenUpBy.Count == 0 ? "" : $" {string.Join(", ", account.GivenUpBy.Select(names.Of))} signed the nullification.";
        return account.Outcome switch
        {
            Block => $"View {account.View}, led by {leader}, ended with block {account.Height}.{(account.Reason is null ? "" : $" Still {why}.")}",
            Nullified => $"View {account.View}, led by {leader}, ended without a block: {why}.{by}",
            NoBlock => $"View {account.View}, led by {leader}, has no block that is final and kept here: {why}.",
            Open => $"View {account.View}, led by {leader}, is not over, or its block is not final yet{(account.Reason is null ? "" : $"; {why}")}.",
            _ => throw Invariant.Fail($"no sentence for {account.Outcome}"),
        };
    }

    private static string Because(ExplainedView account)
    {
        string detail = ViewDetail.Sentence(account.Detail ?? ViewDetail.None);
        NullifyReason reason = Enum.GetValues<NullifyReason>().First(reason => ConsensusObserver.Name(reason) == account.Reason);
        string sentence = reason switch
        {
            NullifyReason.LeaderTimeout => "no proposal of its leader came in time",
            NullifyReason.AdvanceTimeout => "it did not end in time",
            NullifyReason.BuildFailed => "this node led it and could not build a block",
            NullifyReason.InvalidProposal => "the proposal is invalid",
            NullifyReason.CertificationFailed => "the block that a quorum notarized is invalid",
            NullifyReason.LeaderNullified => "its leader gave it up itself",
            NullifyReason.LeaderSilent => "its leader had been silent for long, or since its last turn",
            NullifyReason.LeaderConvicted => "its leader's equivocation is on the ledger, so it has no turn",
            _ => throw Invariant.Fail($"no sentence for {reason}"),
        };
        return detail.Length == 0 ? sentence : $"{sentence}: {detail}";
    }
}
