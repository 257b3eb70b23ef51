using Aeamc.P2P.Fuzz.Siege.Attacks;

namespace Aeamc.P2P.Fuzz.Siege;

/// <summary>Every attack, once.</summary>
internal static class AllAttacks
{
    public static IReadOnlyList<Attack> List { get; } =
    [
        new HandshakeFlood(), new HandshakeStall(), new ForgedFrames(), new SybilConnections(),
        new HalfOpenStreams(), new CreditOverflow(), new WindowOverrun(), new OversizedFrame(), new OversizedMessages(), new SlowReader(), new PingStreams(), new EmptyFrames(),
        new SubscriptionFlood(), new GraftFlood(), new BogusIHave(), new IWantReplay(), new HugeBackoff(), new InvalidMessages(), new InvalidSignatures(),
        new MalformedRpcs(), new NeverEndingFrame(),
    ];
}
