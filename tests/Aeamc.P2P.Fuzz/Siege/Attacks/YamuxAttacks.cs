using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Yamux;

namespace Aeamc.P2P.Fuzz.Siege.Attacks;

/// <summary>As many streams as may be, none of which says its protocol.</summary>
internal sealed class HalfOpenStreams : PeerAttack
{
    public override string Name => "half-open-streams";

    public override TimeSpan Patience => TimeSpan.FromSeconds(14);

    public override IReadOnlyList<string> Reasons => ["stream-faults"];

    public override Outcome Outcome => Outcome.Banned;

    protected override async Task AttackAsync(RawPeer peer, AttackContext context, Random random, CancellationToken cancellationToken)
    {
        for (int i = 0; i < 300; i++)
        {
            await peer.OpenSilentAsync(cancellationToken);
            context.CountSent();
        }

        await peer.Closed.WaitAsync(cancellationToken);
    }
}

/// <summary>Credit until a counter would run over (GHSA-4w32-2493-32g7).</summary>
internal sealed class CreditOverflow : PeerAttack
{
    public override string Name => "credit-overflow";

    public override IReadOnlyList<string> Reasons => ["yamux-credit-overflow"];

    public override Outcome Outcome => Outcome.Banned;

    protected override async Task AttackAsync(RawPeer peer, AttackContext context, Random random, CancellationToken cancellationToken)
    {
        uint stream = await peer.OpenAsync(ProtocolIds.Ping, cancellationToken);
        while (true)
        {
            await peer.SendAsync(new YamuxHeader(YamuxFrameType.WindowUpdate, YamuxFlags.None, stream, uint.MaxValue), default, cancellationToken);
            context.CountSent();
        }
    }
}

/// <summary>More data than the window.</summary>
internal sealed class WindowOverrun : PeerAttack
{
    public override string Name => "window-overrun";

    public override IReadOnlyList<string> Reasons => ["yamux-window-overrun"];

    public override Outcome Outcome => Outcome.Banned;

    protected override async Task AttackAsync(RawPeer peer, AttackContext context, Random random, CancellationToken cancellationToken)
    {
        await peer.SendAsync(new YamuxHeader(YamuxFrameType.Data, YamuxFlags.Syn, 1, 400_000), new byte[400_000], cancellationToken);
        context.CountSent();
        await peer.Closed.WaitAsync(cancellationToken);
    }
}

/// <summary>A data frame of a gigabyte.</summary>
internal sealed class OversizedFrame : PeerAttack
{
    public override string Name => "oversized-frame";

    public override IReadOnlyList<string> Reasons => ["yamux-frame-too-long"];

    public override Outcome Outcome => Outcome.Banned;

    protected override async Task AttackAsync(RawPeer peer, AttackContext context, Random random, CancellationToken cancellationToken)
    {
        await peer.SendAsync(new YamuxHeader(YamuxFrameType.Data, YamuxFlags.Syn, 1, 1 << 30), new byte[100_000], cancellationToken);
        context.CountSent();
        await peer.Closed.WaitAsync(cancellationToken);
    }
}

/// <summary>Messages that say they are longer than their protocol allows, stream after stream.</summary>
internal sealed class OversizedMessages : PeerAttack
{
    public override string Name => "oversized-messages";

    public override IReadOnlyList<string> Reasons => ["stream-message-too-long", "stream-faults"];

    public override Outcome Outcome => Outcome.Banned;

    protected override async Task AttackAsync(RawPeer peer, AttackContext context, Random random, CancellationToken cancellationToken)
    {
        var length = new byte[UVarint.MaxLength];
        ReadOnlyMemory<byte> claim = length.AsMemory(0, UVarint.Write(length, 1 << 30));
        // As fast as the node resets them, or it would be the number of streams that is refused.
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (await pace.WaitForNextTickAsync(cancellationToken))
        {
            uint stream = await peer.OpenAsync(ProtocolIds.IdentifyPush, cancellationToken);
            await peer.SendDataAsync(stream, claim, cancellationToken);
            context.CountSent();
        }
    }
}

/// <summary>Takes nothing of what it makes the node answer.</summary>
internal sealed class SlowReader : UnreadPings
{
    public override string Name => "slow-reader";

    public override IReadOnlyList<string> Reasons => ["yamux-keepalive-timeout", "yamux-receive-buffer-full"];

    public override Outcome Outcome => Outcome.Disconnected;

    /// <summary>Half a minute until the node asks whether anybody is there, and twenty seconds for the answer.</summary>
    public override TimeSpan Patience => TimeSpan.FromSeconds(55);

    // As many as a peer may have.
    protected override int Streams => 2;
}

/// <summary>Pings on a hundred streams at once, each of which would have its turn.</summary>
internal sealed class PingStreams : UnreadPings
{
    public override string Name => "ping-streams";

    public override IReadOnlyList<string> Reasons => ["ping-streams-quota"];

    public override Outcome Outcome => Outcome.Banned;

    protected override int Streams => 100;
}

/// <summary>Pings whose echoes nobody takes.</summary>
internal abstract class UnreadPings : PeerAttack
{
    protected sealed override bool Reads => false;

    protected abstract int Streams { get; }

    protected sealed override async Task AttackAsync(RawPeer peer, AttackContext context, Random random, CancellationToken cancellationToken)
    {
        // As much as each stream's window takes.
        for (int i = 0; i < Streams; i++)
        {
            uint stream = await peer.OpenAsync(ProtocolIds.Ping, cancellationToken);
            await peer.SendDataAsync(stream, new byte[200_000], cancellationToken);
            context.CountSent();
        }

        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await pace.WaitForNextTickAsync(cancellationToken))
        {
            // Only a failing write tells a peer that does not read that it was thrown out.
            await peer.SendAsync(new YamuxHeader(YamuxFrameType.WindowUpdate, YamuxFlags.None, 1, 1), default, cancellationToken);
        }
    }
}

/// <summary>Frames that mean nothing, as fast as the connection takes them.</summary>
internal sealed class EmptyFrames : PeerAttack
{
    public override string Name => "empty-frames";

    public override IReadOnlyList<string> Reasons => ["yamux-frame-flood"];

    public override Outcome Outcome => Outcome.Banned;

    public override int Workers => 2;

    protected override async Task AttackAsync(RawPeer peer, AttackContext context, Random random, CancellationToken cancellationToken)
    {
        uint stream = await peer.OpenAsync(ProtocolIds.Ping, cancellationToken);
        var frames = new byte[YamuxHeader.Size * 2000];
        for (int i = 0; i < 2000; i++)
        {
            new YamuxHeader(YamuxFrameType.Data, YamuxFlags.None, stream, 0).Write(frames.AsSpan(i * YamuxHeader.Size));
        }

        while (true)
        {
            await peer.SendRawAsync(frames, cancellationToken);
            context.CountSent(2000);
        }
    }
}
