using System.Collections.Concurrent;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Hosting;

/// <summary>Who is always let in, and who is not let in for now. Safe for many threads.</summary>
internal sealed class PeerGuard
{
    private readonly ConcurrentDictionary<PeerId, bool> _protected = [];

    public PeerGuard(IEnumerable<PeerId> protectedPeers, Libp2pLimits limits, TimeProvider time)
    {
        Bans = new BanList(limits, time);
        foreach (PeerId peer in protectedPeers)
        {
            _protected[peer] = true;
        }
    }

    public BanList Bans { get; }

    /// <summary>The protected peers at this moment.</summary>
    public IEnumerable<PeerId> Protected => _protected.Keys;

    public bool IsProtected(PeerId peer) => _protected.ContainsKey(peer);

    /// <summary>Whether a peer is kept out: banned, and not protected.</summary>
    public bool IsBanned(PeerId peer) => Bans.Contains(peer) && !IsProtected(peer);

    public void Protect(PeerId peer) => _protected[peer] = true;

    public void Unprotect(PeerId peer) => _protected.TryRemove(peer, out _);
}
