using System.Globalization;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Explain;

/// <summary>
/// Says in plain sentences why a block, a view, a piece of evidence, a member or an entry is as it is: from the chain, which is the same on every node, and
/// for views that ended without a block from what this node saw. Reads only; safe for any thread.
/// </summary>
public sealed class Explainer
{
    /// <summary>Views before a block that are named one by one.</summary>
    private const int MaximumViews = 64;

    private readonly ExplainerSources _sources;
    private readonly ChainReader _chain;
    private readonly ViewAccount _views;
    private readonly EvidenceAccount _evidence;
    private readonly MemberNames _names;

    public Explainer(ExplainerSources sources)
    {
        _sources = sources;
        _names = new MemberNames(sources.Context);
        _chain = new ChainReader(sources.Context, sources.Store);
        _views = new ViewAccount(sources, _chain, _names);
        _evidence = new EvidenceAccount(sources, _chain, _names);
    }

    /// <inheritdoc cref="INodeGateway.Explain"/>
    public Explanation? Explain(ExplainSubject subject, string id) => subject switch
    {
        ExplainSubject.Block => TryNumber(id, out ulong height) ? Block(new Height(height)) : null,
        ExplainSubject.View => TryNumber(id, out ulong view) ? View(new View(view)) : null,
        ExplainSubject.Evidence => Hash256.TryParse(id, out Hash256 entry) ? Evidence(entry) : null,
        ExplainSubject.Member => _names.TryFind(id, out NodeIndex member) ? Member(member) : null,
        ExplainSubject.Proof => Hash256.TryParse(id, out Hash256 entry) ? Entry(entry) : null,
        _ => throw Invariant.Fail($"nothing explains {subject}"),
    };

    private Explanation? Block(Height height)
    {
        if (_chain.Read(height) is not { } block)
        {
            return null;
        }

        (Height? closedBy, IReadOnlyList<NodeIndex> signers) = _chain.FinalizationOf(height, _sources.Head().Height);
        MicroblockHeader header = block.Header;
        string final = closedBy is null ? "is final; its finalization is not in this node's store yet"
            : closedBy == height ? $"is final: {_names.List(signers)} signed its finalization"
            : $"is final through block {closedBy}, whose finalization {_names.List(signers)} signed";
        List<string> sentences = [$"Block {height} was proposed by {_names.Of(header.Proposer)} in view {header.View} and {final}."];
        List<ExplainedView> skipped = [];
        if (_chain.ViewOf(new Height(height.Value - 1)) is { } before)
        {
            ulong lost = header.View.Value - before.Value - 1;
            sentences.Add(lost == 0 ? "No view was lost before it." : $"{Count(lost, "view")} before it ended without a block{(lost > MaximumViews ? $"; the last {MaximumViews}" : "")}:");
            for (ulong view = header.View.Value - Math.Min(lost, MaximumViews); view < header.View.Value; view++)
            {
                ExplainedView account = _views.Of(new View(view));
                skipped.Add(account);
                sentences.Add(_views.Sentence(account));
            }
        }
        else
        {
            sentences.Add("The block before it is pruned here, so the views between are not known.");
        }

        sentences.Add($"It holds {Count((ulong)block.Entries.Count, "entry", "entries")}, {Count(header.ReceiptCount, "proof")} of task among them.");
        List<ExplainedEvidence> evidence = _evidence.In(block);
        sentences.AddRange(evidence.Select(_evidence.Sentence));
        return new Explanation($"block {height}", sentences)
        {
            Block = new ExplainedBlock(
                height.Value, block.Hash.ToString(), header.View.Value, _names.Id(header.Proposer), header.Timestamp.Milliseconds, block.Entries.Count,
                closedBy?.Value, [.. signers.Select(_names.Id)]),
            Views = skipped,
            Evidence = evidence,
        };
    }

    private Explanation? View(View view)
    {
        if (view == Primitives.View.Zero || view > _sources.CurrentView())
        {
            return null;
        }

        ExplainedView account = _views.Of(view);
        return new Explanation($"view {view}", [_views.Sentence(account)]) { Views = [account] };
    }

    private Explanation? Evidence(Hash256 entry)
    {
        if (_evidence.Find(entry) is not { } evidence)
        {
            return null;
        }

        List<string> sentences = [_evidence.Sentence(evidence), $"It signed both: {evidence.First} and {evidence.Second}. No honest member signs both, also not after a crash."];
        if (evidence.Convicted)
        {
            sentences.Add(EvidenceAccount.Penalty(evidence.Epoch));
        }

        return new Explanation($"evidence {evidence.Id}", sentences) { Evidence = [evidence] };
    }

    private Explanation Member(NodeIndex member)
    {
        MemberStatus status = _sources.Members()[member.Value];
        string presence = status.IsSelf ? "the answering node" : status.Connected ? "connected to the answering node" : "not connected to the answering node";
        List<string> sentences = [$"{_names.Of(member)} is member {member} of {_sources.Context.Committee.Count}, {presence}; its reputation is {status.Reputation} of {DeviceRecord.MaxReputation}."];
        List<ExplainedEvidence> evidence = [];
        if (status.Conviction is { } conviction)
        {
            sentences.Add($"It is convicted of equivocation: block {conviction.Height} holds the proof of what it did in view {conviction.View} (entry {conviction.Evidence}).");
            if (Hash256.TryParse(conviction.Evidence, out Hash256 entry) && _evidence.Find(entry) is { } found)
            {
                evidence.Add(found);
                sentences.Add(_evidence.Sentence(found));
            }

            sentences.Add(EvidenceAccount.Penalty(conviction.Epoch));
        }
        else
        {
            sentences.Add("Nothing is held against it.");
        }

        return new Explanation($"member {_names.Of(member)}", sentences) { Member = status, Evidence = evidence };
    }

    private Explanation? Entry(Hash256 id)
    {
        if (_sources.FindEntry(id) is not { } place)
        {
            return null;
        }

        string stage = place.Stage.ToString().ToLowerInvariant();
        if (place.Stage == EntryStage.Pending)
        {
            return new Explanation($"proof {id}", ["This node has acknowledged it and keeps it on disk; no finalized block holds it yet."])
            {
                Entry = new ExplainedEntry(id.ToString(), null, stage, null, null, null, null),
            };
        }

        string? kind = _chain.Read(place.Height) is { } block && place.Index < block.Entries.Count ? ((EntryKind)block.Entries[place.Index].Kind).Name() : null;
        string? refusal = place.RefusalCode.Length > 0 ? place.RefusalCode : null;
        List<string> sentences =
        [
            $"It is entry {place.Index} of block {place.Height}{(kind is null ? ", which is pruned here" : $", of kind {kind}")}.",
            refusal is null ? "The ledger accepted it." : $"The ledger does not count it ({refusal}): {DeviceApi.RefusalTexts.Sentence(refusal)}",
        ];
        Height? checkpoint = _sources.CheckpointCovering(place.Height);
        sentences.Add(checkpoint is { } covering
            ? $"The checkpoint that the committee co-signed at height {covering} covers it: take /v2/receipts/{id}/proof and check it offline with `aeamc verify`."
            : "No co-signed checkpoint covers it yet.");
        return new Explanation($"proof {id}", sentences)
        {
            Entry = new ExplainedEntry(id.ToString(), kind, stage, place.Height.Value, place.Index, refusal, checkpoint?.Value),
        };
    }

    private static bool TryNumber(string text, out ulong number) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static string Count(ulong number, string one, string? many = null) => number == 1 ? $"1 {one}" : string.Create(CultureInfo.InvariantCulture, $"{number} {many ?? one + "s"}");
}
