using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Simplex;

/// <summary>
/// Rule 13: certificates are made by everyone out of the same votes, so hardly anyone sends one unasked, and whoever sees that it lacks one
/// asks. Sent by everyone to everyone they would be nine tenths of all bytes at n = 100.
/// </summary>
public sealed partial class SimplexCore
{
    private ulong _asked;

    /// <summary>
    /// Who sends a certificate it has made: a notarization the next leader, whose proposal needs it; a nullification the next three, as that
    /// view went wrong already; a finalization nobody, as the next block's covers it.
    /// </summary>
    private bool Relays(Certificate certificate)
    {
        int relays = certificate.Kind switch
        {
            VoteKind.Notarize => 1,
            VoteKind.Nullify => 3,
            VoteKind.Finalize => 0,
            _ => throw Invariant.Fail($"certificate kind {certificate.Kind}"),
        };
        View view = certificate.View;
        for (int i = 0; i < relays; i++)
        {
            view = view.Next;
            if (_leaders.LeaderOf(view) == _self)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>More than f members vote in the next view: an honest one is there, so it holds what ended this view. Asked once a view.</summary>
    private void AskWhatEndedThisView(NodeIndex peer)
    {
        ViewState state = Ensure(_view);
        bool certifying = state.Notarization is not null && state.Certification != Certification.Invalid;
        if (!_starting && !certifying && !state.AskedWhatEnded)
        {
            state.AskedWhatEnded = true;
            _effects.Add(new Effect.SendTo(_committee[peer], new CertificatesRequest(_epoch, _view, _view)));
        }
    }

    /// <summary>Asks the next member in turn for everything above our last finalized block, up to a view.</summary>
    private void AskAnyone(View through)
    {
        View from = _finalized.View.Next;
        if (_committee.Count > 1 && from <= through)
        {
            ulong last = Math.Min(through.Value, from.Value + CertificatesRequest.MaximumViews - 1);
            _effects.Add(new Effect.SendTo(_committee[PeerToAsk()], new CertificatesRequest(_epoch, from, new View(last))));
        }
    }

    /// <summary>Rule 10: a request or its answer may have been lost as well.</summary>
    private void AskAgain()
    {
        ViewState state = Ensure(_view);
        state.Requested = null;
        state.AskedWhatEnded = false;
        TryPropose();
        TryVerify();
    }

    /// <summary>Every time the next member but ourselves.</summary>
    private NodeIndex PeerToAsk()
    {
        ulong members = (ulong)_committee.Count;
        if (_self is not { } self)
        {
            return new NodeIndex((ushort)(_asked++ % members));
        }

        ulong step = members == 1 ? 0 : 1 + (_asked++ % (members - 1));
        return new NodeIndex((ushort)((self.Value + step) % members));
    }
}
