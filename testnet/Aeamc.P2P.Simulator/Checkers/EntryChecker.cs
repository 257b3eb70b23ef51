using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Simulator.Checkers;

/// <summary>What an honest member acknowledged is in a final block in time; no entry is applied twice, and the ledger counts each proof that it applied, once.</summary>
public sealed class EntryChecker
{
    private readonly SortedDictionary<Hash256, (NodeIndex By, long At)> _waiting = [];
    private readonly HashSet<Hash256> _seen = [];
    private readonly HashSet<Hash256> _applied = [];
    private ulong _proofs;

    public List<string> Violations { get; } = [];

    /// <summary>Acknowledged entries that are in no final block.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Entries applied so far.</summary>
    public int Applied => _applied.Count;

    public void OnAcknowledged(NodeIndex by, Hash256 entry, long now)
    {
        if (!_seen.Contains(entry))
        {
            _waiting.TryAdd(entry, (by, now));
        }
    }

    /// <summary>A member's operator gave up its store: what only that promised cannot be held against it.</summary>
    public void OnStoreLost(NodeIndex by)
    {
        foreach (Hash256 entry in _waiting.Where(pair => pair.Value.By == by).Select(pair => pair.Key).ToList())
        {
            _waiting.Remove(entry);
        }
    }

    /// <summary>The next height's outcomes.</summary>
    public void OnBlock(IReadOnlyList<EntryOutcome> outcomes, ulong proofsCounted)
    {
        foreach (EntryOutcome outcome in outcomes)
        {
            _seen.Add(outcome.EntryId);
            _waiting.Remove(outcome.EntryId);
            if (outcome.Status != EntryStatus.Accepted)
            {
                continue;
            }

            _proofs += outcome.Kind.IsProof() ? 1UL : 0;
            if (!_applied.Add(outcome.EntryId))
            {
                Violations.Add($"{outcome.Kind.Name()} {outcome.EntryId.ToShortString()} was applied twice");
            }
        }

        if (proofsCounted != _proofs)
        {
            Violations.Add($"the ledger counts {proofsCounted} proofs, {_proofs} were accepted");
        }
    }

    /// <summary>The time is over for what was acknowledged.</summary>
    public void OnEnd()
    {
        foreach ((Hash256 entry, (NodeIndex by, long at)) in _waiting)
        {
            Violations.Add($"entry {entry.ToShortString()}, which member {by} acknowledged at {at / 1000} ms, is in no final block");
        }
    }
}
