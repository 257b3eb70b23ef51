using System.Net;
using Aeamc.P2P.Libp2p.Hosting;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Records;

namespace Aeamc.P2P.Libp2p.Discovery;

/// <summary>What became of a peer's record that was offered.</summary>
internal enum OfferResult
{
    /// <summary>It is new, or newer than what was known.</summary>
    Taken,

    /// <summary>As new a record is known already, or it has no address that may be dialled.</summary>
    NotNeeded,

    /// <summary>The one who told has told of as many unreached peers as it may.</summary>
    SourceFull,

    /// <summary>As many unreached peers of the same region are known as may be.</summary>
    RegionFull,

    /// <summary>The book is full of peers that count more.</summary>
    Full,
}

/// <summary>
/// Peers and their addresses, bounded. A peer that we reached counts more than one that we only heard of; hearsay is bounded by who told it and
/// by where it points, so that inventing peers neither fills the book nor pushes out true ones. Not safe for concurrent use.
/// </summary>
internal sealed class AddressBook(PeerId self, DiscoveryOptions options, bool allowPrivate)
{
    /// <summary>Addresses kept per peer.</summary>
    public const int MaxAddresses = 8;

    private readonly Dictionary<PeerId, KnownPeer> _peers = [];
    private readonly Dictionary<PeerId, int> _bySource = [];
    private readonly Dictionary<IPAddress, int> _byRegion = [];

    public int Count => _peers.Count;

    /// <summary>In the order in which they were learned.</summary>
    public IEnumerable<KnownPeer> Peers => _peers.Values;

    /// <summary>Grows with every change worth saving.</summary>
    public long Version { get; private set; }

    public KnownPeer? Find(PeerId peer) => _peers.GetValueOrDefault(peer);

    /// <summary>Takes a verified record.</summary>
    /// <param name="record">The statement.</param>
    /// <param name="envelope">Its signed form, kept to be passed on.</param>
    /// <param name="source">Who told; null for the peer itself.</param>
    /// <param name="now">The time.</param>
    public OfferResult Offer(SignedPeerRecord record, ReadOnlyMemory<byte> envelope, PeerId? source, DateTimeOffset now)
    {
        Multiaddress[] addresses = Usable(record.Addresses);
        if (record.Peer == self || addresses.Length == 0)
        {
            return OfferResult.NotNeeded;
        }

        if (_peers.TryGetValue(record.Peer, out KnownPeer? known))
        {
            // Telling of itself frees the peer from the account of who told of it before.
            bool newer = record.Sequence > known.Sequence || known.Record.IsEmpty;
            if (!newer && (source is not null || known.Source is null))
            {
                return OfferResult.NotNeeded;
            }

            Discount(known);
            known.Source = source is null ? null : known.Source;
            if (newer)
            {
                (known.Addresses, known.Record, known.Sequence) = (addresses, envelope, record.Sequence);
            }

            Account(known);
            Version++;
            return newer ? OfferResult.Taken : OfferResult.NotNeeded;
        }

        if (source is { } teller && _bySource.GetValueOrDefault(teller) >= options.MaxPeersPerSource)
        {
            return OfferResult.SourceFull;
        }

        if (RegionOf(addresses) is { } region && _byRegion.GetValueOrDefault(region) >= options.MaxPeersPerRegion)
        {
            return OfferResult.RegionFull;
        }

        return Add(new KnownPeer(record.Peer)
        {
            Addresses = addresses,
            Record = envelope,
            Sequence = record.Sequence,
            Source = source,
            Learned = now,
            NextDial = now,
        })
            ? OfferResult.Taken
            : OfferResult.Full;
    }

    /// <summary>We reached a peer at an address.</summary>
    public void Reached(PeerId peer, Multiaddress address, DateTimeOffset now)
    {
        if (peer == self)
        {
            return;
        }

        if (!_peers.TryGetValue(peer, out KnownPeer? known))
        {
            known = new KnownPeer(peer) { Addresses = [address.WithPeer(null)], Learned = now, Reached = now };
            Add(known);
            return;
        }

        Discount(known);
        known.Source = null;
        known.Reached = now;
        known.Failures = 0;
        Multiaddress plain = address.WithPeer(null);
        if (!known.Addresses.Contains(plain))
        {
            known.Addresses = [plain, .. known.Addresses.Take(MaxAddresses - 1)];
        }

        Account(known);
        Version++;
    }

    /// <summary>A dial failed, or a connection did not last; the peer is not dialled before <paramref name="next"/>, and in the end forgotten.</summary>
    public void Failed(PeerId peer, DateTimeOffset next)
    {
        if (_peers.TryGetValue(peer, out KnownPeer? known))
        {
            known.Failures++;
            known.NextDial = next;
            Version++;
            if (known.Failures >= options.ForgetAfterFailures * (known.Reached is null ? 1 : 4))
            {
                Remove(known);
            }
        }
    }

    /// <summary>Puts back a peer that was saved.</summary>
    public void Restore(KnownPeer known)
    {
        if (known.Id != self && !_peers.ContainsKey(known.Id))
        {
            Add(known);
        }
    }

    private bool Add(KnownPeer known)
    {
        if (_peers.Count >= options.MaxPeers && !MakeRoom(known))
        {
            return false;
        }

        _peers.Add(known.Id, known);
        Account(known);
        Version++;
        return true;
    }

    // Of those that count least, the one with the most failures, and of these the one known longest.
    private bool MakeRoom(KnownPeer known)
    {
        KnownPeer? least = _peers.Values
            .Where(other => other.Reached is null)
            .OrderByDescending(other => other.Failures).ThenBy(other => other.Learned).FirstOrDefault();
        least ??= known.Reached is null ? null : _peers.Values.MinBy(other => other.Reached);
        if (least is null)
        {
            return false;
        }

        Remove(least);
        return true;
    }

    private void Remove(KnownPeer known)
    {
        _peers.Remove(known.Id);
        Discount(known);
        Version++;
    }

    private Multiaddress[] Usable(IReadOnlyList<Multiaddress> addresses) =>
        [.. addresses.Select(address => address.WithPeer(null)).Distinct().Where(address => AddressPolicy.MayDial(address, allowPrivate)).Take(MaxAddresses)];

    private void Account(KnownPeer known)
    {
        if (known.Reached is null)
        {
            Change(_bySource, known.Source, 1);
            Change(_byRegion, RegionOf(known.Addresses), 1);
        }
    }

    private void Discount(KnownPeer known)
    {
        if (known.Reached is null)
        {
            Change(_bySource, known.Source, -1);
            Change(_byRegion, RegionOf(known.Addresses), -1);
        }
    }

    private static void Change(Dictionary<PeerId, int> counts, PeerId? key, int by)
    {
        if (key is { } peer && (counts[peer] = counts.GetValueOrDefault(peer) + by) == 0)
        {
            counts.Remove(peer);
        }
    }

    private static void Change(Dictionary<IPAddress, int> counts, IPAddress? key, int by)
    {
        if (key is not null && (counts[key] = counts.GetValueOrDefault(key) + by) == 0)
        {
            counts.Remove(key);
        }
    }

    private static IPAddress? RegionOf(IReadOnlyList<Multiaddress> addresses) => addresses.Count == 0 ? null : RegionOf(addresses[0]);

    /// <summary>The region of a public IP address; null for a name or a private address.</summary>
    internal static IPAddress? RegionOf(Multiaddress address) =>
        address.ToIpEndPoint() is { } endPoint && AddressPolicy.IsPublic(endPoint.Address) ? AddressGroup.Region(endPoint.Address) : null;
}
