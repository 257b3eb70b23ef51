using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Hosting;

/// <summary>
/// Peers that broke the protocol over an authenticated connection. A ban ends by itself; each further one within
/// <see cref="Libp2pLimits.OffenceMemory"/> is twice as long, and after that time without any the peer is a stranger again. Bounded: past
/// <see cref="Libp2pLimits.MaxBans"/> the ban that would end first goes. Never used for what happens before the handshake is done, where
/// anybody could act in a peer's name. Safe for many threads.
/// </summary>
internal sealed class BanList(Libp2pLimits limits, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, Entry> _entries = [];
    private readonly long _start = time.GetTimestamp();

    /// <summary>Peers banned at this moment.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                TimeSpan now = Now();
                return _entries.Values.Count(entry => entry.Until > now);
            }
        }
    }

    /// <summary>Peers remembered, banned or not.</summary>
    public int Remembered
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Bans a peer; gives for how long.</summary>
    public TimeSpan Ban(PeerId peer)
    {
        lock (_gate)
        {
            TimeSpan now = Now();
            Forget(now);
            int offences = _entries.TryGetValue(peer, out Entry known) ? known.Offences + 1 : 1;
            TimeSpan length = limits.BanMinimum;
            for (int i = 1; i < offences && length < limits.BanMaximum; i++)
            {
                length *= 2;
            }

            length = length < limits.BanMaximum ? length : limits.BanMaximum;
            _entries[peer] = new Entry(now + length, now, offences);
            if (_entries.Count > limits.MaxBans)
            {
                _entries.Remove(_entries.MinBy(pair => pair.Value.Until).Key);
            }

            return length;
        }
    }

    /// <summary>Whether the peer is banned now.</summary>
    public bool Contains(PeerId peer)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(peer, out Entry entry) && entry.Until > Now();
        }
    }

    private void Forget(TimeSpan now)
    {
        foreach ((PeerId peer, Entry entry) in _entries)
        {
            if (entry.Until <= now && entry.Last + limits.OffenceMemory <= now)
            {
                _entries.Remove(peer);
            }
        }
    }

    private TimeSpan Now() => time.GetElapsedTime(_start);

    private readonly record struct Entry(TimeSpan Until, TimeSpan Last, int Offences);
}
