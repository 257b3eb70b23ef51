using System.Net;
using Aeamc.P2P.Libp2p.Hosting;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Libp2p.Discovery;

/// <summary>
/// Whom to dial and whom to ask, as a state machine: no clock, no I/O, no tasks; the same inputs and the same seed give the same outputs. Not
/// safe for concurrent use. While fewer peers are connected than wanted it dials known ones, half of them such as it has reached before and half
/// new ones, so that neither an outage nor a flood of invented peers starves it, and asks the connected ones for more.
/// </summary>
internal sealed class DiscoveryCore
{
    private const int MaxAsks = 2;

    // A connection that ends sooner counts as a failure: a peer that accepts and leaves at once earns no fresh start.
    private static readonly TimeSpan LongLived = TimeSpan.FromMinutes(1);

    // A newcomer is asked soon, but not in the same moment by everybody whom a restart brought to it.
    private static readonly TimeSpan FirstAsk = TimeSpan.FromMilliseconds(500);

    private readonly DiscoveryOptions _options;
    private readonly AddressBook _book;
    private readonly Chance _chance;
    private readonly Func<PeerId, bool> _isBanned;
    private readonly Dictionary<PeerId, ConnectedPeer> _connected = [];
    private readonly HashSet<PeerId> _dialling = [];
    private int _asking;

    /// <param name="options">Bounds and pauses.</param>
    /// <param name="book">The address book, which this alone changes.</param>
    /// <param name="chance">The only source of chance.</param>
    /// <param name="isBanned">Whom not to dial.</param>
    public DiscoveryCore(DiscoveryOptions options, AddressBook book, Chance chance, Func<PeerId, bool> isBanned)
    {
        _options = options;
        _book = book;
        _chance = chance;
        _isBanned = isBanned;
    }

    /// <summary>Handles one input; what is to be done is added to <paramref name="outputs"/>.</summary>
    /// <returns>What became of an <see cref="DiscoveryInput.Offered"/> record.</returns>
    public OfferResult Step(DateTimeOffset now, DiscoveryInput input, List<DiscoveryOutput> outputs)
    {
        switch (input)
        {
            case DiscoveryInput.Tick:
                Dial(now, outputs);
                Ask(now, outputs);
                break;
            case DiscoveryInput.Connected connected:
                OnConnected(connected, now);
                break;
            case DiscoveryInput.Disconnected disconnected:
                OnDisconnected(disconnected.Peer, now);
                break;
            case DiscoveryInput.Identified identified:
                if (_connected.TryGetValue(identified.Peer, out ConnectedPeer? peer))
                {
                    peer.ServesExchange = identified.ServesExchange;
                }

                break;
            case DiscoveryInput.Offered offered:
                return _book.Offer(offered.Record, offered.Envelope, offered.Source, now);
            case DiscoveryInput.DialEnded ended:
                _dialling.Remove(ended.Peer);
                break;
            case DiscoveryInput.DialFailed failed:
                _dialling.Remove(failed.Peer);
                OnFailed(failed.Peer, now);
                break;
            case DiscoveryInput.AskEnded:
                _asking--;
                break;
            default:
                throw Invariant.Fail($"unknown input {input}");
        }

        return OfferResult.NotNeeded;
    }

    /// <summary>Up to <paramref name="count"/> peers to tell another one of: connected or reached before, with their signed records, in random order.</summary>
    public IReadOnlyList<KnownPeer> Sample(int count, PeerId asker)
    {
        List<KnownPeer> known =
        [
            .. _book.Peers.Where(peer => peer.Id != asker && !peer.Record.IsEmpty && (peer.Reached is not null || _connected.ContainsKey(peer.Id)) && !_isBanned(peer.Id)),
        ];
        _chance.Shuffle(known);
        return known.Count <= count ? known : known[..count];
    }

    private void OnConnected(DiscoveryInput.Connected connected, DateTimeOffset now)
    {
        _connected[connected.Peer] = new ConnectedPeer(now, connected.DialledAt is { } at ? AddressBook.RegionOf(at) : null) { NextAsk = now + _chance.Jitter(FirstAsk) };
        if (connected.DialledAt is { } address)
        {
            _book.Reached(connected.Peer, address, now);
        }
    }

    private void OnDisconnected(PeerId peer, DateTimeOffset now)
    {
        if (_connected.Remove(peer, out ConnectedPeer? was) && now - was.Since < LongLived)
        {
            OnFailed(peer, now);
        }
        else if (_book.Find(peer) is { } known)
        {
            known.NextDial = now + _chance.Jitter(_options.RedialMinimum);
        }
    }

    private void OnFailed(PeerId peer, DateTimeOffset now)
    {
        int failures = (_book.Find(peer)?.Failures ?? 0) + 1;
        _book.Failed(peer, now + _chance.Backoff(failures, _options.RedialMinimum, _options.RedialMaximum));
    }

    private void Dial(DateTimeOffset now, List<DiscoveryOutput> outputs)
    {
        int wanted = Math.Min(_options.TargetPeers - _connected.Count, _options.MaxDials) - _dialling.Count;
        if (wanted <= 0)
        {
            return;
        }

        List<KnownPeer> reached = [], heardOf = [];
        foreach (KnownPeer peer in _book.Peers)
        {
            if (peer.NextDial <= now && !_connected.ContainsKey(peer.Id) && !_dialling.Contains(peer.Id) && !_isBanned(peer.Id))
            {
                (peer.Reached is null ? heardOf : reached).Add(peer);
            }
        }

        _chance.Shuffle(reached);
        _chance.Shuffle(heardOf);
        Dictionary<IPAddress, int> regions = DialledRegions();
        List<KnownPeer> crowded = [];
        while (wanted > 0 && (Next(reached, heardOf) ?? Next(crowded, [])) is { } next)
        {
            // As long as there are others, no region gets to hold us all.
            if (AddressBook.RegionOf(next.Addresses[0]) is { } region)
            {
                int there = regions.GetValueOrDefault(region);
                if (there >= _options.MaxDialledPerRegion && reached.Count + heardOf.Count > 0)
                {
                    crowded.Add(next);
                    continue;
                }

                regions[region] = there + 1;
            }

            wanted--;
            _dialling.Add(next.Id);
            outputs.Add(new DiscoveryOutput.Dial(next.Id, next.Addresses));
        }
    }

    private KnownPeer? Next(List<KnownPeer> first, List<KnownPeer> second)
    {
        List<KnownPeer> from = first.Count > 0 && (second.Count == 0 || _chance.NextDouble() < 0.5) ? first : second;
        if (from.Count == 0)
        {
            return null;
        }

        KnownPeer next = from[^1];
        from.RemoveAt(from.Count - 1);
        return next;
    }

    private Dictionary<IPAddress, int> DialledRegions()
    {
        var regions = new Dictionary<IPAddress, int>();
        foreach (ConnectedPeer peer in _connected.Values)
        {
            if (peer.Region is { } region)
            {
                regions[region] = regions.GetValueOrDefault(region) + 1;
            }
        }

        return regions;
    }

    private void Ask(DateTimeOffset now, List<DiscoveryOutput> outputs)
    {
        List<PeerId> due = [.. _connected.Where(pair => pair.Value.ServesExchange && pair.Value.NextAsk <= now).Select(pair => pair.Key)];
        _chance.Shuffle(due);
        foreach (PeerId peer in due)
        {
            if (_asking >= MaxAsks)
            {
                return;
            }

            _asking++;
            _connected[peer].NextAsk = now + _chance.Jitter(
                _connected.Count < _options.TargetPeers ? _options.AskInterval : _options.AskIntervalWhenSatisfied);
            outputs.Add(new DiscoveryOutput.Ask(peer));
        }
    }

    private sealed class ConnectedPeer(DateTimeOffset since, IPAddress? region)
    {
        public DateTimeOffset Since { get; } = since;

        /// <summary>Where we dialled it; null when it dialled us, or at a private address.</summary>
        public IPAddress? Region { get; } = region;

        public bool ServesExchange { get; set; }

        public DateTimeOffset NextAsk { get; set; }
    }
}
