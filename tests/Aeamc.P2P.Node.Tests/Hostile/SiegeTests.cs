using System.Diagnostics;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Fuzz.Siege;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Hosting;

namespace Aeamc.P2P.Node.Tests.Hostile;

/// <summary>
/// Each attack of <c>tests/Aeamc.P2P.Fuzz -- siege</c> against a host in this process: the offender is thrown out, the reason named, banned only
/// where the deed is proven to be his, memory stays bounded, and an honest peer is served.
/// </summary>
[Collection(SiegeCollection.Name)]
public sealed class SiegeTests
{
    private const string Topic = "/test/siege";
    private const long AllowedGrowth = 96 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Attacks => [.. AllAttacks.List.Select(attack => attack.Name)];

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task An_attack_is_stopped_and_named(string name)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Attack attack = AllAttacks.List.Single(item => item.Name == name);
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        await using var victim = new Libp2pHost(new Libp2pHostOptions { Identity = key, ListenAddresses = [Multiaddress.Parse("/ip4/127.0.0.1/tcp/0")], Limits = Limits });
        await using var pubsub = new PubsubRouter(victim, new PubsubSettings { RpcPatience = TimeSpan.FromSeconds(1) });
        victim.JudgePeersBy(pubsub.Score, new PeerScoreParameters().GraylistThreshold);
        // Of what is published here nothing is true.
        pubsub.Subscribe(Topic, static (_, _, _) => ValueTask.FromResult(MessageValidity.Reject));
        pubsub.Start();
        await victim.StartAsync(cancellation);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        var context = new AttackContext(victim.ListenAddresses[0], [Topic], addresses: 2);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task attacking = attack.RunAsync(context, ending.Token);
        long peak = await UntilAsync(() => IsStopped(attack, context, victim, pubsub), () => Describe(context, victim, pubsub), cancellation);
        await ending.CancelAsync();
        await attacking;

        Assert.InRange(peak - before, long.MinValue, AllowedGrowth);
        if (attack.Outcome != Outcome.Banned)
        {
            Assert.Equal(0, victim.Refusals["banned"]);
        }

        using Ed25519PrivateKey honestKey = Ed25519PrivateKey.Generate();
        await using var honest = new Libp2pHost(new Libp2pHostOptions { Identity = honestKey });
        await honest.StartAsync(cancellation);
        await UntilAsync(() => victim.Peers.Count < Limits.MaxInboundPerIp, () => Describe(context, victim, pubsub), cancellation);
        await honest.PingAsync(await honest.ConnectAsync(victim.ListenAddresses[0], cancellation), cancellation);
        Assert.Equal(0, victim.Refusals["handler-failed"]);
    }

    // Short, so that what is thrown out by the clock is thrown out soon; on a slow machine only later.
    private static Libp2pLimits Limits { get; } = new()
    {
        ExemptNetworks = [],
        HandshakesPerSecondPerIp = 5,
        HandshakeBurstPerIp = 30,
        MaxInboundPerIp = 20,
        MaxPendingInboundPerIp = 16,
        MaxBufferedBytesPerConnection = 4 << 20,
        HandshakeTimeout = TimeSpan.FromSeconds(2),
        StreamNegotiationTimeout = TimeSpan.FromSeconds(1),
        KeepAliveInterval = TimeSpan.FromSeconds(1),
        KeepAliveTimeout = TimeSpan.FromSeconds(2),
    };

    private static bool IsStopped(Attack attack, AttackContext context, Libp2pHost victim, PubsubRouter pubsub) =>
        context.Disconnects > 0
        && (attack.Outcome != Outcome.Banned || victim.Refusals["banned"] > 0)
        && (attack.Reasons.Any(reason => victim.Refusals[reason] > 0) || GossipRefusals.Of(pubsub).Any(pair => attack.Reasons.Contains(pair.Key)));

    private static string Describe(AttackContext context, Libp2pHost victim, PubsubRouter pubsub) =>
        $"{context.Sent} sent, {context.Disconnects} thrown out, {victim.Peers.Count} connected; "
        + string.Join(", ", victim.Refusals.Snapshot().Concat(GossipRefusals.Of(pubsub)).Select(pair => $"{pair.Key} {pair.Value}"));

    /// <summary>Waits for a condition; gives the most memory seen in use meanwhile.</summary>
    private static async Task<long> UntilAsync(Func<bool> condition, Func<string> describe, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        long peak = 0;
        while (!condition())
        {
            Assert.True(clock.Elapsed < Patience, describe());
            peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false));
            await look.WaitForNextTickAsync(cancellation);
        }

        return Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true));
    }
}

/// <summary>Alone in the process while it runs: memory is the whole process's.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SiegeCollection
{
    public const string Name = "siege";
}
