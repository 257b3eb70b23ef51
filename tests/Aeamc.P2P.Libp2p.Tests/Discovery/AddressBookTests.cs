using System.Net;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Discovery;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Records;

namespace Aeamc.P2P.Libp2p.Tests.Discovery;

public sealed class AddressBookTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(55);

    private readonly Ed25519PrivateKey _self = Ed25519PrivateKey.Generate();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aeamc-peers-");

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2a00:1450::1", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.0.1", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("2002:0a00:0001::1", false)]
    public void Only_what_the_internet_reaches_is_public(string address, bool isPublic) =>
        Assert.Equal(isPublic, AddressPolicy.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public void Private_addresses_are_left_out_unless_allowed()
    {
        string[] addresses = ["/ip4/192.168.0.7/tcp/1", "/ip4/5.6.7.8/tcp/0", "/ip4/127.0.0.1/tcp/22"];
        AddressBook strict = Book(), open = new(Self, new DiscoveryOptions(), allowPrivate: true);
        Assert.Equal(OfferResult.NotNeeded, Offer(strict, Peer(), 1, addresses));
        PeerId peer = Peer();
        Assert.Equal(OfferResult.Taken, Offer(strict, peer, 1, [.. addresses, "/ip4/5.6.7.8/tcp/9"]));
        Assert.Equal(["/ip4/5.6.7.8/tcp/9"], strict.Find(peer)!.Addresses.Select(address => address.ToString()));
        Assert.Equal(OfferResult.Taken, Offer(open, peer, 1, addresses));
        Assert.Equal(2, open.Find(peer)!.Addresses.Count);
        Assert.Equal(OfferResult.NotNeeded, Offer(strict, Self, 1, ["/ip4/5.6.7.8/tcp/9"]));
    }

    [Fact]
    public void A_later_record_replaces_an_earlier_one_and_never_the_other_way()
    {
        AddressBook book = Book();
        PeerId peer = Peer();
        Assert.Equal(OfferResult.Taken, Offer(book, peer, 5, ["/ip4/5.6.7.8/tcp/1"]));
        Assert.Equal(OfferResult.NotNeeded, Offer(book, peer, 4, ["/ip4/5.6.7.8/tcp/2"]));
        Assert.Equal(OfferResult.NotNeeded, Offer(book, peer, 5, ["/ip4/5.6.7.8/tcp/2"]));
        Assert.Equal(OfferResult.Taken, Offer(book, peer, 6, ["/ip4/5.6.7.8/tcp/3"]));
        Assert.Equal("/ip4/5.6.7.8/tcp/3", book.Find(peer)!.Addresses.Single().ToString());
    }

    [Fact]
    public void Hearsay_is_bounded_by_who_told_it_and_by_where_it_points()
    {
        AddressBook book = Book(options => options with { MaxPeersPerSource = 5, MaxPeersPerRegion = 3 });
        PeerId teller = Peer(), other = Peer();
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(OfferResult.Taken, Offer(book, Peer(), 1, [$"/ip4/5.{i}.0.1/tcp/1"], teller));
        }

        Assert.Equal(OfferResult.SourceFull, Offer(book, Peer(), 1, ["/ip4/5.99.0.1/tcp/1"], teller));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(OfferResult.Taken, Offer(book, Peer(), 1, [$"/ip4/6.6.{i}.1/tcp/1"], other));
        }

        Assert.Equal(OfferResult.RegionFull, Offer(book, Peer(), 1, ["/ip4/6.6.77.1/tcp/1"], other));
        // Whom we reached is on nobody's account any more.
        KnownPeer reached = book.Peers.First(peer => peer.Source == teller);
        book.Reached(reached.Id, reached.Addresses[0], Now);
        Assert.Equal(OfferResult.Taken, Offer(book, Peer(), 1, ["/ip4/5.99.0.1/tcp/1"], teller));
    }

    [Fact]
    public void A_full_book_keeps_those_that_were_reached()
    {
        AddressBook book = Book(options => options with { MaxPeers = 4, MaxPeersPerRegion = 100 });
        PeerId[] reached = [Peer(), Peer(), Peer(), Peer()];
        for (int i = 0; i < 3; i++)
        {
            book.Reached(reached[i], Multiaddress.Parse($"/ip4/9.9.9.{i}/tcp/1"), Now.AddMinutes(i));
        }

        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(OfferResult.Taken, Offer(book, Peer(), 1, [$"/ip4/5.{i}.0.1/tcp/1"]));
        }

        Assert.Equal(4, book.Count);
        book.Reached(reached[3], Multiaddress.Parse("/ip4/9.9.9.9/tcp/1"), Now.AddHours(1));
        Assert.All(reached, peer => Assert.NotNull(book.Find(peer)));
        Assert.Equal(OfferResult.Full, Offer(book, Peer(), 1, ["/ip4/5.0.0.1/tcp/1"]));
        PeerId newest = Peer();
        book.Reached(newest, Multiaddress.Parse("/ip4/9.9.9.10/tcp/1"), Now.AddHours(2));
        Assert.Null(book.Find(reached[0]));
        Assert.NotNull(book.Find(newest));
    }

    [Fact]
    public void The_file_gives_back_what_was_saved_and_nothing_when_a_byte_is_wrong()
    {
        AddressBook book = Book();
        PeerId told = Peer(), reached = Peer();
        Offer(book, told, 7, ["/ip4/5.6.7.8/tcp/1", "/dns4/example.org/tcp/2"], Peer());
        book.Reached(reached, Multiaddress.Parse("/ip6/2a00::1/tcp/3"), Now);
        book.Failed(reached, Now.AddHours(1));
        string path = Path.Combine(_folder.FullName, "peers");
        byte[] content = AddressBookFile.Encode([.. book.Peers]);
        AddressBookFile.Save(path, [1, 2, 3]);
        Assert.Null(AddressBookFile.Load(path, out bool damaged));
        Assert.True(damaged);
        // An interrupted write leaves its unfinished file, which the next one replaces.
        File.WriteAllText(path + ".tmp", "half a fi");
        AddressBookFile.Save(path, content);
        Assert.Equal([path], Directory.GetFiles(_folder.FullName));
        IReadOnlyList<KnownPeer> loaded = AddressBookFile.Load(path, out damaged)!;
        Assert.False(damaged);
        Assert.Equal(book.Peers.Select(Describe), loaded.Select(Describe));
        Assert.Equal(content, AddressBookFile.Encode([.. loaded]));
        for (int i = 0; i < content.Length; i++)
        {
            byte[] wrong = [.. content];
            wrong[i] ^= 1;
            Assert.False(AddressBookFile.TryDecode(wrong, out _));
            Assert.False(AddressBookFile.TryDecode(content.AsSpan(0, i), out _));
        }

        Assert.Null(AddressBookFile.Load(path + ".none", out damaged));
        Assert.False(damaged);
    }

    public void Dispose()
    {
        _self.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Describe(KnownPeer peer) =>
        $"{peer.Id} {string.Join(' ', peer.Addresses)} {Convert.ToHexString(peer.Record.Span)} {peer.Sequence} {peer.Reached:O} {peer.Learned:O} {peer.Failures} {peer.NextDial:O}";

    private readonly Dictionary<PeerId, Ed25519PrivateKey> _keys = [];

    private PeerId Self => PeerId.FromNodeId(_self.PublicKey);

    private PeerId Peer()
    {
        Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        _keys[PeerId.FromNodeId(key.PublicKey)] = key;
        return PeerId.FromNodeId(key.PublicKey);
    }

    private AddressBook Book(Func<DiscoveryOptions, DiscoveryOptions>? change = null)
    {
        var options = new DiscoveryOptions();
        return new AddressBook(Self, change?.Invoke(options) ?? options, allowPrivate: false);
    }

    private OfferResult Offer(AddressBook book, PeerId peer, ulong sequence, string[] addresses, PeerId? source = null)
    {
        byte[] envelope = SignedPeerRecord.Seal(_keys.GetValueOrDefault(peer, _self), sequence, addresses.Select(Multiaddress.Parse));
        Assert.True(SignedPeerRecord.TryOpen(envelope, out SignedPeerRecord? record));
        Assert.Equal(peer, record.Peer);
        return book.Offer(record, envelope, source, Now);
    }
}
