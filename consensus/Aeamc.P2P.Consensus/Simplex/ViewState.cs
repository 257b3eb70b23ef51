using Aeamc.P2P.Consensus.Committees;
using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Simplex;

/// <summary>What is known of one view. Plain data; the rules are in <see cref="SimplexCore"/>.</summary>
internal sealed class ViewState(View view, Committee committee)
{
    private HashSet<(NodeIndex, EquivocationKind)>? _reported;

    public View View { get; } = view;

    public VoteTally Votes { get; } = new(committee);

    /// <summary>The first proposal seen; dropped once the view is final.</summary>
    public Proposal? Proposal { get; set; }

    /// <summary>Whether the host has been asked to verify it (rule 3).</summary>
    public bool Verifying { get; set; }

    /// <summary>The leader signed two blocks: no Notarize and no Finalize by us here any more (rules 4 and 5).</summary>
    public bool LeaderEquivocated { get; set; }

    public Certificate? Notarization { get; set; }

    public Certificate? Nullification { get; set; }

    public Certificate? Finalization { get; set; }

    public Certification Certification { get; set; }

    /// <summary>The parent that the host was asked to build on (rule 2).</summary>
    public BlockRef? BuildingOn { get; set; }

    /// <summary>This node's own proposal.</summary>
    public (BlockRef Block, ReadOnlyMemory<byte> Content)? Built { get; set; }

    /// <summary>Own Notarize: decided on, signed or about to be.</summary>
    public BlockRef? OwnNotarize { get; set; }

    /// <summary>Own Nullify.</summary>
    public bool OwnNullify { get; set; }

    /// <summary>Own Finalize.</summary>
    public BlockRef? OwnFinalize { get; set; }

    /// <summary>First view of the last evidence request made for this view, so that one request goes out per gap.</summary>
    public View? Requested { get; set; }

    /// <summary>Whether a member of the next view has been asked for what ended this one (rule 13).</summary>
    public bool AskedWhatEnded { get; set; }

    /// <summary>The parent for a child if this view's block is notarized and certified (rule 2).</summary>
    public bool IsCertified => Notarization is not null && Certification == Certification.Valid;

    /// <summary>Whether this node's memory knows the statement as its own.</summary>
    public bool Remembers(in Statement statement) => statement.Kind switch
    {
        VoteKind.Notarize => OwnNotarize == statement.Block,
        VoteKind.Nullify => OwnNullify,
        VoteKind.Finalize => OwnFinalize == statement.Block,
        _ => throw Invariant.Fail($"vote kind {statement.Kind}"),
    };

    /// <summary>The certificate of a kind, if held.</summary>
    public Certificate? CertificateOf(VoteKind kind) => kind switch
    {
        VoteKind.Notarize => Notarization,
        VoteKind.Nullify => Nullification,
        VoteKind.Finalize => Finalization,
        _ => throw Invariant.Fail($"vote kind {kind}"),
    };

    /// <summary>True the first time a member's offence is asked about.</summary>
    public bool MarkReported(NodeIndex offender, EquivocationKind kind) => (_reported ??= []).Add((offender, kind));

    /// <summary>Drops what only an open view needs.</summary>
    public void Close()
    {
        Proposal = null;
        Built = null;
        BuildingOn = null;
    }
}
