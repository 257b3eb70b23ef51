using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Discovery;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Records;

namespace Aeamc.P2P.Libp2p.Tests.Discovery;

public class DiscoverySimulationTests
{
    private static readonly DiscoveryOptions Options = new() { TargetPeers = 12 };

    [Fact]
    public void A_node_that_knows_one_peer_finds_fifty_others()
    {
        (DiscoveryNetwork network, DiscoveryNode newcomer) = Grow(seed: 1);
        // Connected to enough by now; the last ones it hears of when it asks again.
        Assert.True(newcomer.Book.Count > 40);
        network.Run(TimeSpan.FromMinutes(20));
        Assert.Equal(50, newcomer.Book.Count);
        Assert.True(newcomer.Links.Count >= Options.TargetPeers);
        Assert.All(network.Nodes, node => Assert.True(node.Links.Count >= Options.TargetPeers));
        // Enough is enough: but for the first, which all others were told to dial, nobody gets much more than is wanted.
        Assert.All(network.Nodes.Skip(1), node => Assert.True(node.Links.Count < 40));
    }

    [Fact]
    public void The_same_seed_gives_the_same_dials_and_another_seed_others()
    {
        Assert.Equal(Grow(seed: 2).Network.Trace, Grow(seed: 2).Network.Trace);
        Assert.NotEqual(Grow(seed: 2).Network.Trace, Grow(seed: 3).Network.Trace);
    }

    [Fact]
    public void A_restarted_node_needs_nobody_but_its_address_book()
    {
        (DiscoveryNetwork network, DiscoveryNode node) = Grow(seed: 4);
        Assert.True(node.Book.Count > 40);
        byte[] saved = AddressBookFile.Encode([.. node.Book.Peers]);
        network.Remove(node);
        network.Run(TimeSpan.FromMinutes(10));

        Assert.True(AddressBookFile.TryDecode(saved, out List<KnownPeer>? peers));
        var book = new AddressBook(node.Id, Options, allowPrivate: false);
        peers.ForEach(book.Restore);
        DiscoveryNode again = network.Add(50, book);
        network.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(node.Id, again.Id);
        Assert.True(again.Book.Count >= peers.Count);
        Assert.True(again.Links.Count >= Options.TargetPeers);
    }

    [Fact]
    public void Peers_that_are_gone_are_replaced_and_in_the_end_forgotten()
    {
        (DiscoveryNetwork network, DiscoveryNode node) = Grow(seed: 5, Options with { RedialMaximum = TimeSpan.FromMinutes(10), ForgetAfterFailures = 3, AskInterval = TimeSpan.FromMinutes(5) });
        foreach (DiscoveryNode gone in network.Nodes.Where(other => other != node).Take(30).ToArray())
        {
            network.Remove(gone);
        }

        network.Run(TimeSpan.FromMinutes(10));
        Assert.True(node.Links.Count >= Options.TargetPeers);
        // While there are enough peers nobody is dialled, so nobody is found missing; with more wanted than there are, all are tried.
        foreach (DiscoveryNode gone in network.Nodes.Where(other => other != node).Take(12).ToArray())
        {
            network.Remove(gone);
        }

        network.Run(TimeSpan.FromHours(6));
        Assert.Equal(8, node.Links.Count);
        Assert.Equal(8, node.Book.Count);
    }

    [Fact]
    public void A_liar_fills_neither_the_book_nor_the_dials()
    {
        var network = new DiscoveryNetwork(6, Options);
        DiscoveryNode liar = network.Add(0);
        DiscoveryNode[] honest = [.. Enumerable.Range(1, 20).Select(number => network.Add(number))];
        DiscoveryNode victim = network.Add(21);
        int invented = 0;
        liar.Lie = () => PeerExchange.EncodeResponse([.. Enumerable.Range(0, PeerExchange.MaxRecords).Select(_ => Invent(invented++))]);
        foreach (DiscoveryNode node in honest.Append(victim))
        {
            network.Dial(node, liar.Id, [liar.Address]);
        }

        network.Dial(victim, honest[7].Id, [honest[7].Address]);
        foreach (DiscoveryNode node in honest)
        {
            network.Dial(node, honest[7].Id, [honest[7].Address]);
        }

        network.Run(TimeSpan.FromMinutes(5));
        Assert.True(invented > 200);
        Assert.All(honest, node => Assert.NotNull(victim.Book.Find(node.Id)));
        Assert.True(victim.Book.Count <= 21 + Options.MaxPeersPerSource);
        Assert.True(victim.Links.Count >= Options.TargetPeers);
    }

    private static (DiscoveryNetwork Network, DiscoveryNode Newcomer) Grow(int seed, DiscoveryOptions? options = null)
    {
        var network = new DiscoveryNetwork(seed, options ?? Options);
        DiscoveryNode first = network.Add(0);
        for (int number = 1; number < 50; number++)
        {
            DiscoveryNode node = network.Add(number);
            network.Dial(node, first.Id, [first.Address]);
        }

        network.Run(TimeSpan.FromMinutes(2));
        DiscoveryNode newcomer = network.Add(50);
        network.Dial(newcomer, network.Nodes[17].Id, [network.Nodes[17].Address]);
        network.Run(TimeSpan.FromMinutes(3));
        return (network, newcomer);
    }

    private static ReadOnlyMemory<byte> Invent(int number)
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        return SignedPeerRecord.Seal(key, 1, [Multiaddress.Parse($"/ip4/{60 + (number % 100)}.{number / 100 % 200}.9.9/tcp/1")]);
    }
}
