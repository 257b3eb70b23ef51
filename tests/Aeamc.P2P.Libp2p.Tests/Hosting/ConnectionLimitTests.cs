using System.Net;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Discovery;
using Aeamc.P2P.Libp2p.Hosting;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Tests.Hosting;

/// <summary>Who is let in, who is kept out and for how long, and who goes when there are too many.</summary>
public class ConnectionLimitTests
{
    [Fact]
    public void A_ban_ends_and_the_next_one_is_longer_until_it_is_forgotten()
    {
        var time = new ManualTime();
        var bans = new BanList(new Libp2pLimits { BanMinimum = TimeSpan.FromMinutes(1), BanMaximum = TimeSpan.FromMinutes(3), OffenceMemory = TimeSpan.FromHours(1) }, time);
        PeerId peer = NewPeer();
        Assert.False(bans.Contains(peer));
        Assert.Equal(TimeSpan.FromMinutes(1), bans.Ban(peer));
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.True(bans.Contains(peer));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(bans.Contains(peer));
        Assert.Equal(TimeSpan.FromMinutes(2), bans.Ban(peer));
        Assert.Equal(TimeSpan.FromMinutes(3), bans.Ban(peer));
        Assert.Equal(1, bans.Count);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, bans.Count);
        bans.Ban(NewPeer());
        Assert.Equal(1, bans.Remembered);
        Assert.Equal(TimeSpan.FromMinutes(1), bans.Ban(peer));
    }

    [Fact]
    public void Bans_are_bounded()
    {
        var bans = new BanList(new Libp2pLimits { MaxBans = 10 }, new ManualTime());
        for (int i = 0; i < 100; i++)
        {
            bans.Ban(NewPeer());
        }

        Assert.Equal(10, bans.Remembered);
    }

    [Fact]
    public void A_rate_is_kept_for_each_key_and_keys_are_forgotten()
    {
        var time = new ManualTime();
        var rate = new KeyedRate<int>(perSecond: 2, burst: 4, maxKeys: 100, time);
        Assert.Equal(4, Enumerable.Range(0, 10).Count(_ => rate.TryTake(1)));
        Assert.True(rate.TryTake(2));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, Enumerable.Range(0, 10).Count(_ => rate.TryTake(1)));
        for (int key = 0; key < 10_000; key++)
        {
            rate.TryTake(key);
        }

        Assert.InRange(rate.Count, 1, 100);
        time.Advance(TimeSpan.FromMinutes(1));
        rate.TryTake(1);
        time.Advance(TimeSpan.FromMinutes(1));
        rate.TryTake(1);
        Assert.Equal(1, rate.Count);
    }

    [Fact]
    public void Handshakes_of_one_address_are_limited_by_the_clock()
    {
        var time = new ManualTime();
        var gate = new InboundGate(new Libp2pLimits { HandshakesPerSecondPerIp = 1, HandshakeBurstPerIp = 3 }, time);
        IPAddress loud = IPAddress.Parse("2a00:1:2:3::1"), sameHolder = IPAddress.Parse("2a00:1:2:3:4::9"), quiet = IPAddress.Parse("2a00:1:2:4::1");
        for (int i = 0; i < 3; i++)
        {
            Assert.Null(gate.TryEnter(loud));
            gate.Leave(loud, failed: false);
        }

        Assert.Equal("handshakes-per-ip", gate.TryEnter(sameHolder));
        Assert.Null(gate.TryEnter(quiet));
        foreach (IPAddress exempt in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback, IPAddress.Loopback.MapToIPv6()])
        {
            for (int i = 0; i < 50; i++)
            {
                Assert.Null(gate.TryEnter(exempt));
                gate.Leave(exempt, failed: true);
                gate.Offended(exempt);
            }
        }

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(gate.TryEnter(sameHolder));
    }

    [Fact]
    public void An_address_that_fails_or_offends_may_begin_fewer_handshakes()
    {
        var limits = new Libp2pLimits { HandshakesPerSecondPerIp = 10, HandshakeBurstPerIp = 20, HandshakesPerFailure = 4, HandshakesPerOffence = 20 };
        (int Honest, int Failing, int Offending) let = (0, 0, 0);
        var time = new ManualTime();
        var gate = new InboundGate(limits, time);
        IPAddress honest = IPAddress.Parse("192.0.2.1"), failing = IPAddress.Parse("192.0.2.2"), offending = IPAddress.Parse("192.0.2.3");
        for (int tick = 0; tick < 1000; tick++)
        {
            // Each tries twenty times a second, for 50 s.
            time.Advance(TimeSpan.FromMilliseconds(50));
            let.Honest += Enter(honest, failed: false) ? 1 : 0;
            let.Failing += Enter(failing, failed: true) ? 1 : 0;
            if (Enter(offending, failed: false))
            {
                let.Offending++;
                gate.Offended(offending);
            }
        }

        Assert.InRange(let.Honest, 500, 520);
        Assert.InRange(let.Failing, 100, 105);
        Assert.InRange(let.Offending, 24, 26);

        // What is owed is bounded: two bursts after the last offence nothing is remembered.
        for (int i = 0; i < 100; i++)
        {
            gate.Offended(offending);
        }

        Assert.False(Enter(offending, failed: false));
        time.Advance(TimeSpan.FromSeconds(2.1));
        Assert.True(Enter(offending, failed: false));
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(20, Enumerable.Range(0, 30).Count(_ => Enter(offending, failed: false)));

        bool Enter(IPAddress address, bool failed)
        {
            if (gate.TryEnter(address) is not null)
            {
                return false;
            }

            gate.Leave(address, failed);
            return true;
        }
    }

    [Fact]
    public async Task A_subnet_is_limited_when_it_is_not_exempt()
    {
        await using Libp2pHost host = await TestHost.StartAsync(options => options with { Limits = new Libp2pLimits { MaxInboundPerSubnet = 1, ExemptNetworks = [] } });
        await using Libp2pHost a = await TestHost.StartAsync();
        await using Libp2pHost b = await TestHost.StartAsync();
        await TestHost.JoinAsync(a, host);
        await RefusedAsync(b, host);
        Assert.Equal(1, host.Refusals["connections-per-subnet"]);
    }

    [Fact]
    public async Task A_protected_peer_is_let_in_over_every_limit_and_takes_a_strangers_place()
    {
        await using Libp2pHost member = await TestHost.StartAsync();
        await using Libp2pHost host = await TestHost.StartAsync(options => options with
        {
            Limits = new Libp2pLimits { MaxConnections = 2, MaxInboundPerIp = 2 },
            ProtectedPeers = [member.LocalPeer],
        });
        await using Libp2pHost a = await TestHost.StartAsync();
        await using Libp2pHost b = await TestHost.StartAsync();
        await using Libp2pHost late = await TestHost.StartAsync();
        await TestHost.JoinAsync(a, host);
        await TestHost.JoinAsync(b, host);
        await RefusedAsync(late, host);
        Assert.Equal(1, host.Refusals["connections"]);
        await TestHost.JoinAsync(member, host);
        // The youngest stranger made room.
        await TestHost.UntilAsync(() => host.Peers.Count == 2 && b.Peers.Count == 0);
        Assert.Equal(1, host.Refusals["connection-displaced"]);
        Assert.NotNull(host.FindPeer(a.LocalPeer));
        await member.PingAsync(host.LocalPeer);
        // With all protected peers here, a stranger is refused before its handshake.
        await RefusedAsync(late, host);
        Assert.Equal(2, host.Refusals["connections"]);
    }

    [Fact]
    public async Task Above_high_water_the_least_worth_go_and_nobody_protected_or_just_come()
    {
        var time = new ManualTime();
        var strangers = new List<Libp2pHost>();
        await using Libp2pHost member = await TestHost.StartAsync();
        await using Libp2pHost host = await TestHost.StartAsync(options => options with
        {
            Time = time,
            Limits = new Libp2pLimits { HighWater = 4, LowWater = 3, TrimGrace = TimeSpan.FromSeconds(5) },
            ProtectedPeers = [member.LocalPeer],
        });
        await TestHost.JoinAsync(member, host);
        for (int i = 0; i < 4; i++)
        {
            strangers.Add(await TestHost.StartAsync());
            await TestHost.JoinAsync(strangers[i], host);
        }

        host.JudgePeersBy(peer => peer == strangers[0].LocalPeer ? -1 : peer == member.LocalPeer ? -50 : 0, minimum: -40);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(5, host.Peers.Count);
        await TestHost.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return host.Peers.Count == 3;
        });
        Assert.NotNull(host.FindPeer(member.LocalPeer));
        Assert.Null(host.FindPeer(strangers[0].LocalPeer));
        Assert.NotNull(host.FindPeer(strangers[1].LocalPeer));
        Assert.NotNull(host.FindPeer(strangers[2].LocalPeer));
        Assert.Equal(2, host.Refusals["connection-trimmed"]);
        foreach (Libp2pHost stranger in strangers)
        {
            await stranger.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_peer_below_the_lowest_score_is_banned_both_ways_and_let_in_again_when_the_ban_ends()
    {
        var time = new ManualTime();
        await using Libp2pHost host = await TestHost.StartAsync(options => options with { Time = time, Limits = new Libp2pLimits { BanMinimum = TimeSpan.FromSeconds(20) } });
        await using Libp2pHost bad = await TestHost.StartAsync();
        await TestHost.JoinAsync(bad, host);
        double score = -100;
        host.JudgePeersBy(_ => score, minimum: -80);
        await TestHost.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            return host.Peers.Count == 0;
        });
        score = 0;
        Assert.Equal(1, host.Refusals["banned"]);
        Assert.True(host.Refusals["score-too-low"] >= 1);
        Assert.Equal(1, host.BannedPeers);
        await TestHost.UntilAsync(() => bad.Peers.Count == 0);
        await RefusedAsync(bad, host);
        Assert.Equal(2, host.Refusals["banned"]);
        var refused = await Assert.ThrowsAsync<Libp2pException>(() => host.ConnectAsync(bad.ListenAddresses[0]));
        Assert.Equal(Libp2pError.LimitReached, refused.Error);
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(0, host.BannedPeers);
        await TestHost.JoinAsync(bad, host);
    }

    [Fact]
    public async Task Requests_above_the_rate_are_refused_until_the_clock_has_moved()
    {
        var time = new ManualTime();
        await using Libp2pHost host = await TestHost.StartAsync(options => options with { Time = time });
        await using Libp2pHost asker = await TestHost.StartAsync();
        host.HandleRequests("/test/rate/1", RequestOptions.Default with { MaxPerSecond = 1, Burst = 3 }, (_, request, _) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(request));
        await TestHost.JoinAsync(asker, host);
        async Task<RequestStatus> Ask() => (await asker.RequestAsync(host.LocalPeer, "/test/rate/1", new byte[1])).Status;

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(RequestStatus.Ok, await Ask());
        }

        Assert.Equal(RequestStatus.Refused, await Ask());
        Assert.Equal(1, host.Refusals["request-rate"]);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(RequestStatus.Ok, await Ask());
    }

    [Fact]
    public async Task Hosts_that_know_one_of_them_find_each_other_and_again_from_their_files()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("aeamc-discovery-");
        var hosts = new List<Libp2pHost>();
        try
        {
            await using Libp2pHost first = await TestHost.StartAsync(options => Discovering(options, null, []));
            for (int i = 0; i < 5; i++)
            {
                string file = Path.Combine(folder.FullName, $"{i}");
                hosts.Add(await TestHost.StartAsync(options => Discovering(options, file, [first.ListenAddresses[0]])));
            }

            await TestHost.UntilAsync(() => hosts.All(host => host.Peers.Count == 5 && host.KnownPeers == 5));
            await hosts[4].DisposeAsync();
            await TestHost.UntilAsync(() => hosts[0].Peers.Count == 4);
            hosts[4] = await TestHost.StartAsync(options => Discovering(options, Path.Combine(folder.FullName, "4"), []));
            Assert.Equal(5, hosts[4].KnownPeers);
            await TestHost.UntilAsync(() => hosts[4].Peers.Count == 5);
        }
        finally
        {
            foreach (Libp2pHost host in hosts)
            {
                await host.DisposeAsync();
            }

            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_strangers_word_makes_no_host_knock_at_private_addresses()
    {
        await using Libp2pHost target = await TestHost.StartAsync();
        await using Libp2pHost strict = await TestHost.StartAsync();
        await using Libp2pHost open = await TestHost.StartAsync(options => options with { AllowPrivateAddresses = true });
        byte[] envelope;
        using (Ed25519PrivateKey key = Ed25519PrivateKey.Generate())
        {
            envelope = Records(key, target);
        }

        Assert.True(Libp2p.Records.SignedPeerRecord.TryOpen(envelope, out Libp2p.Records.SignedPeerRecord? record));
        await strict.MeetAsync(target.LocalPeer, record, envelope);
        Assert.Equal(0, target.Refusals["handshake-ended"]);
        await open.MeetAsync(target.LocalPeer, record, envelope);
        // Somebody else answers there than the record says, so the handshake is all that happens.
        Assert.Equal(1, open.Refusals["noise-wrong-peer"]);
        Assert.Empty(strict.Refusals.Snapshot());
    }

    private static byte[] Records(Ed25519PrivateKey key, Libp2pHost at) => Libp2p.Records.SignedPeerRecord.Seal(key, 1, at.ListenAddresses);

    private static Libp2pHostOptions Discovering(Libp2pHostOptions options, string? file, Multiaddress[] bootstrap) => options with
    {
        AllowPrivateAddresses = true,
        BootstrapPeers = bootstrap,
        Discovery = new DiscoveryOptions { AddressBookFile = file, TargetPeers = 5, AskInterval = TimeSpan.FromSeconds(1), RedialMinimum = TimeSpan.FromMilliseconds(100) },
    };

    private static PeerId NewPeer() => PeerId.FromPublicKey(SecureRandom.Bytes(32));

    // What a refused dialler sees depends on how far the handshake came, never that it is connected for long.
    private static async Task RefusedAsync(Libp2pHost from, Libp2pHost to)
    {
        long before = to.Refusals.Snapshot().Sum(pair => pair.Value);
        await Record.ExceptionAsync(() => from.ConnectAsync(to.ListenAddresses[0]));
        await TestHost.UntilAsync(() => to.Refusals.Snapshot().Sum(pair => pair.Value) > before);
        await TestHost.UntilAsync(() => from.FindPeer(to.LocalPeer) is null);
    }
}
