using System.Collections.Concurrent;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Evidence;

/// <summary>
/// <see cref="PendingEvidence"/> on disk: what <see cref="Add"/> took is there again after a restart. Safe for any thread.
/// </summary>
public sealed class EvidencePool
{
    private readonly ChainContext _context;
    private readonly NodeStore _store;
    private readonly Lock _gate = new();
    private readonly PendingEvidence _held;
    private readonly SortedDictionary<NodeIndex, UnreadableEvidence> _unreadable = [];
    private readonly ConcurrentDictionary<string, long> _seen = [];

    /// <summary>Loads what an earlier run had seen.</summary>
    /// <param name="context">The epoch.</param>
    /// <param name="store">Where evidence is kept.</param>
    /// <param name="verifier">Checks what the disk gives back like anything else.</param>
    public EvidencePool(ChainContext context, NodeStore store, MessageVerifier verifier)
    {
        _context = context;
        _store = store;
        _held = new PendingEvidence(context);
        for (int i = 0; i < context.Committee.Count; i++)
        {
            var member = new NodeIndex((ushort)i);
            string key = KeyOf(member);
            if (store.GetMeta(key) is not { } bytes)
            {
                continue;
            }

            if (Read(bytes, member, verifier, out string why) is { } evidence)
            {
                _held.Restore(evidence);
            }
            else
            {
                _unreadable.Add(member, new UnreadableEvidence(member, key, why));
            }
        }
    }

    /// <summary>How many members this node has evidence against that no block records.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _held.Count;
            }
        }
    }

    /// <summary>
    /// What an earlier run had stored and this one cannot use, by member. It stays in the store until the member is convicted, by what others report, or is
    /// seen doing it again; a program that understands it can still report it.
    /// </summary>
    public IReadOnlyList<UnreadableEvidence> Unreadable
    {
        get
        {
            lock (_gate)
            {
                return [.. _unreadable.Values];
            }
        }
    }

    /// <summary>Equivocations seen since the start, by kind; each once per member and view.</summary>
    public IReadOnlyDictionary<string, long> Seen => _seen;

    /// <summary>Takes evidence that the core has found. When this returns true it is on disk, and the caller reports it.</summary>
    public bool Add(EquivocationEvidence evidence, LedgerState state)
    {
        _seen.AddOrUpdate(LedgerEvidenceVerifier.KindOf(evidence.Kind).Name(), 1, static (_, count) => count + 1);
        lock (_gate)
        {
            if (!_held.Add(evidence, state))
            {
                return false;
            }

            _store.PutMeta(KeyOf(evidence.Offender), evidence.Encode());
            _unreadable.Remove(evidence.Offender);
            return true;
        }
    }

    /// <summary>Drops what the state records or no block takes any more.</summary>
    /// <returns>What is still to be reported, by offender.</returns>
    public IReadOnlyList<EquivocationEvidence> Settle(LedgerState state, View block)
    {
        lock (_gate)
        {
            foreach (NodeIndex offender in _held.Settle(state, block))
            {
                _store.DeleteMeta(KeyOf(offender));
            }

            foreach (UnreadableEvidence unreadable in _unreadable.Values.Where(unreadable => IsConvicted(unreadable.Member, _context.Epoch, state)).ToList())
            {
                _store.DeleteMeta(unreadable.Key);
                _unreadable.Remove(unreadable.Member);
            }

            return _held.Open;
        }
    }

    /// <summary>What the disk gives back, checked like anything else; null with a reason when it is of no use.</summary>
    private static EquivocationEvidence? Read(byte[] bytes, NodeIndex member, MessageVerifier verifier, out string why)
    {
        if (!EquivocationEvidence.TryDecode(bytes, out EquivocationEvidence? evidence))
        {
            why = "does not decode";
        }
        else if (evidence.Offender != member)
        {
            why = $"is against member {evidence.Offender}";
        }
        else
        {
            VerificationResult result = evidence.Verify(verifier);
            why = result == VerificationResult.Valid ? "" : $"does not verify ({result})";
        }

        return why.Length == 0 ? evidence : null;
    }

    private bool IsConvicted(NodeIndex member, Epoch epoch, LedgerState state) =>
        state.Misconduct(_context.Committee[member]) is { } record && record.Epoch >= epoch;

    private string KeyOf(NodeIndex member) => $"evidence/{_context.Epoch}/{member}";
}
