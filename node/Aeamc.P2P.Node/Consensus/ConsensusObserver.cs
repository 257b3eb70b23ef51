using System.Collections.Concurrent;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Consensus;

/// <summary>
/// What others may know of the loop's progress without asking it: counters for status, and which certificates it already has, so that the
/// copies which every member sends need not be verified again. Written by the loop, read by any thread.
/// </summary>
public sealed class ConsensusObserver
{
    /// <summary>How many views of known certificates are remembered; older ones are merely verified again.</summary>
    private const ulong Remembered = 64;

    private readonly ConcurrentDictionary<(VoteKind Kind, View View), Hash256> _known = [];
    private readonly ConcurrentDictionary<string, long> _nullified = [];
    private volatile bool _quiet;
    private ulong _view;
    private ulong _finalizedView;

    /// <summary>The current view.</summary>
    public View View => new(Interlocked.Read(ref _view));

    /// <summary>Whether this node does not vote yet, because its data folder was restored and what it has voted since is not known.</summary>
    public bool IsQuiet
    {
        get => _quiet;
        internal set => _quiet = value;
    }

    /// <summary>The view of the last finalization.</summary>
    public View FinalizedView => new(Interlocked.Read(ref _finalizedView));

    /// <summary>Views nullified by this node, by reason.</summary>
    public IReadOnlyDictionary<string, long> NullifiedViews => new SortedDictionary<string, long>(_nullified.ToDictionary());

    /// <summary>Whether the loop already has this very certificate, so that a copy, or a vote for it, tells nothing new.</summary>
    public bool Knows(in Statement statement) =>
        _known.TryGetValue((statement.Kind, statement.View), out Hash256 hash) && hash == statement.Block.Hash;

    internal void Sent(ConsensusMessage message)
    {
        if (message is Certificate certificate)
        {
            Remember(certificate);
        }
    }

    internal void Certified(Certificate notarization) => Remember(notarization);

    internal void Finalized(Certificate finalization)
    {
        Remember(finalization);
        Interlocked.Exchange(ref _finalizedView, finalization.View.Value);
    }

    internal void Nullified(View view, NullifyReason reason) => _nullified.AddOrUpdate(Name(reason), 1, static (_, count) => count + 1);

    internal void EnteredView(View view)
    {
        Interlocked.Exchange(ref _view, view.Value);
        if (view.Value > Remembered)
        {
            // Views are skipped after an absence, and old certificates are sent again: everything below goes, not one view.
            var oldest = new View(view.Value - Remembered);
            foreach ((VoteKind Kind, View View) known in _known.Keys.Where(known => known.View <= oldest))
            {
                _known.TryRemove(known, out _);
            }
        }
    }

    /// <summary>The stable name under which a reason is counted and shown.</summary>
    public static string Name(NullifyReason reason) => reason switch
    {
        NullifyReason.LeaderTimeout => "leader_timeout",
        NullifyReason.AdvanceTimeout => "advance_timeout",
        NullifyReason.BuildFailed => "build_failed",
        NullifyReason.InvalidProposal => "invalid_proposal",
        NullifyReason.CertificationFailed => "certification_failed",
        NullifyReason.LeaderNullified => "leader_nullified",
        NullifyReason.LeaderSilent => "leader_silent",
        NullifyReason.LeaderConvicted => "leader_convicted",
        _ => throw Invariant.Fail($"no name for {reason}"),
    };

    private void Remember(Certificate certificate) => _known[(certificate.Kind, certificate.View)] = certificate.Block.Hash;
}
