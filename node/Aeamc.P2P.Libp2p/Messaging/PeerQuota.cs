using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Messaging;

/// <summary>How many things each peer may have going on at once.</summary>
internal sealed class PeerQuota(int limit)
{
    private readonly object _gate = new();
    private readonly Dictionary<PeerId, int> _used = [];

    /// <summary>Takes one; false when the peer has used them all up.</summary>
    public bool TryTake(PeerId peer)
    {
        lock (_gate)
        {
            int used = _used.GetValueOrDefault(peer);
            if (used >= limit)
            {
                return false;
            }

            _used[peer] = used + 1;
            return true;
        }
    }

    /// <summary>Gives one back.</summary>
    public void Return(PeerId peer)
    {
        lock (_gate)
        {
            int left = _used[peer] - 1;
            if (left == 0)
            {
                _used.Remove(peer);
            }
            else
            {
                _used[peer] = left;
            }
        }
    }
}
