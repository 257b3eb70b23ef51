using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Explain;

/// <summary>Evidence on the chain, and what it led to.</summary>
internal sealed class EvidenceAccount(ExplainerSources sources, ChainReader chain, MemberNames names)
{
    /// <summary>What a conviction costs, in a sentence (ADR 0022).</summary>
    public static string Penalty(ulong epoch) =>
        $"The penalty: its reputation is gone, the members give its turns as leader up at once, and it may not be in a committee after epoch {epoch}.";

    /// <summary>The evidence that a block carries, in its order. An entry's id does not depend on who signed it, so the same votes reported twice are one.</summary>
    public List<ExplainedEvidence> In(ReadBlock block) =>
    [
        .. block.Entries.Where(entry => (EntryKind)entry.Kind == EntryKind.EquivocationEvidence)
            .Select(entry => Read(block.Height, entry)).OfType<ExplainedEvidence>().DistinctBy(evidence => evidence.Id),
    ];

    /// <summary>The evidence that is an entry of a block; null when there is no such entry.</summary>
    public ExplainedEvidence? Find(Hash256 entry) =>
        sources.Store.GetReceipt(entry) is { } receipt && chain.Read(receipt.Height) is { } block && receipt.Index < block.Entries.Count
            ? Read(receipt.Height, block.Entries[(int)receipt.Index])
            : null;

    public string Sentence(ExplainedEvidence evidence)
    {
        string outcome = evidence.Convicted ? "It convicted the member."
            : evidence.Refusal is { } code ? $"The ledger refused it ({code}): {DeviceApi.RefusalTexts.Sentence(code)}"
            : "The member's later conviction stands in its place.";
        return $"Block {evidence.Height} carries evidence that {names.Of(evidence.Offender)} {KindOf(evidence.Kind).Sentence()} in view {evidence.View}, "
            + $"reported by {names.Of(evidence.Reporter)} (entry {evidence.Id}). {outcome}";
    }

    private ExplainedEvidence? Read(Height height, BatchEntry entry)
    {
        if (!sources.Context.Decoder.TryDecode(new LedgerEntry((EntryKind)entry.Kind, entry.Bytes), out DecodedEntry? decoded)
            || decoded.Payload is not EvidenceReport report || !EquivocationEvidence.TryDecode(report.Evidence, out EquivocationEvidence? evidence)
            || !sources.Context.Committee.Contains(evidence.Offender))
        {
            return null;
        }

        NodeId offender = sources.Context.Committee[evidence.Offender];
        bool convicted = sources.Head().State.Misconduct(offender)?.Evidence == decoded.Id;
        ushort code = sources.Store.GetReceipt(decoded.Id) is StoredReceipt receipt ? receipt.Code : (ushort)0;
        return new ExplainedEvidence(
            decoded.Id.ToString(),
            height.Value,
            decoded.Claim is { } claim && claim.Key.TryToNodeId(out NodeId reporter) ? reporter.ToString() : "",
            offender.ToString(),
            LedgerEvidenceVerifier.KindOf(evidence.Kind).Name(),
            evidence.Epoch.Value,
            evidence.View.Value,
            evidence.First.Statement.ToString(),
            evidence.Second.Statement.ToString(),
            convicted,
            (RefusalCode)code == RefusalCode.None ? null : ((RefusalCode)code).Code());
    }

    private static OffenceKind KindOf(string name) =>
        Enum.GetValues<OffenceKind>().First(kind => kind != OffenceKind.None && kind.Name() == name);
}
