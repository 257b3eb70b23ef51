using System.Collections.Concurrent;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Consensus;

/// <summary>
/// Why views ended without a block, as this node saw it, for <see cref="Kept"/> views back and over restarts. Written by the consensus loop; the chain's thread
/// adds what it knows of a proposal; read by any thread.
/// </summary>
public sealed class ViewJournal(NodeStore store, TimeProvider time)
{
    /// <summary>How many views back a record is kept at least: a ring of so many places in the store, by view.</summary>
    public const ulong Kept = 4_096;

    /// <summary>Views about which the chain's last word is remembered.</summary>
    private const ulong Noted = 16;

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<View, string> _notes = [];
    private readonly ConcurrentDictionary<(NullifyReason Reason, string Detail), long> _counts = [];

    /// <summary>This node gave a view up.</summary>
    public event Action<ViewRecord>? GivenUp;

    /// <summary>Views that this node gave up since the start, by reason and detail (<see cref="ViewDetail"/>).</summary>
    public IReadOnlyDictionary<(NullifyReason Reason, string Detail), long> Counts => _counts;

    /// <summary>The chain's last word on a view's proposal; <see cref="ViewDetail.None"/> takes it back.</summary>
    public void Note(View view, string detail)
    {
        _notes[view] = detail;
        if (_notes.Count > (int)Noted)
        {
            foreach (View old in _notes.Keys.Where(old => old.Value + Noted <= view.Value))
            {
                _notes.TryRemove(old, out _);
            }
        }
    }

    /// <summary>This node nullifies a view.</summary>
    public void Nullifies(View view, NullifyReason reason)
    {
        // What is known of the proposal explains only why this node did not vote for it, not a leader's silence or its own word.
        bool explained = reason is NullifyReason.InvalidProposal or NullifyReason.CertificationFailed or NullifyReason.AdvanceTimeout;
        string detail = explained ? _notes.GetValueOrDefault(view, ViewDetail.None) : ViewDetail.None;
        _counts.AddOrUpdate((reason, detail), 1, static (_, count) => count + 1);
        ViewRecord merged = Merge(view, record => record with { Reason = reason, Detail = detail });
        GivenUp?.Invoke(merged);
    }

    /// <summary>A quorum has given a view up.</summary>
    public void Nullified(Certificate nullification) => Merge(nullification.View, record => record with { Signers = nullification.Signers });

    /// <summary>What is known of a view; null when it ended with a block, is too long ago, or was not followed by this node.</summary>
    public ViewRecord? Find(View view) =>
        store.GetMeta(KeyOf(view)) is { } bytes && ViewRecord.TryDecode(bytes, out ViewRecord? record) && record.View == view ? record : null;

    private ViewRecord Merge(View view, Func<ViewRecord, ViewRecord> change)
    {
        lock (_gate)
        {
            ViewRecord known = Find(view)
                ?? new ViewRecord(view, null, ViewDetail.None, new Timestamp((ulong)time.GetUtcNow().ToUnixTimeMilliseconds()), SignerBitmap.From([]));
            ViewRecord changed = change(known);

            // Not worth a sync: after a crash the explanation may be missing, never a vote.
            store.PutMeta(KeyOf(view), changed.Encode(), Native.RocksDb.WriteDurability.Buffered);
            return changed;
        }
    }

    private static string KeyOf(View view) => $"view/{view.Value % Kept}";
}
