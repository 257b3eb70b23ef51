using System.Net.Sockets;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Multistream;
using Aeamc.P2P.Libp2p.Transport;

namespace Aeamc.P2P.Fuzz.Siege.Attacks;

/// <summary>Handshakes begun and dropped as soon as the node has done its part.</summary>
internal sealed class HandshakeFlood : Attack
{
    public override string Name => "handshake-flood";

    public override IReadOnlyList<string> Reasons => ["handshakes-per-ip", "noise-ended", "pending-handshakes-per-ip", "handshake-ended"];

    public override Outcome Outcome => Outcome.Refused;

    public override int Workers => 16;

    protected override async Task OnceAsync(AttackContext context, Random random, CancellationToken cancellationToken)
    {
        using Socket socket = await RawPeer.DialAsync(context.Target, context.NextAddress(), null, cancellationToken);
        var channel = new SocketChannel(socket);
        await channel.WriteAsync((byte[])[.. MultistreamSelect.Optimistic(ProtocolIds.Noise), 0, 32, .. SecureRandom.Bytes(32)], cancellationToken);
        context.CountSent();
        // Header, protocol and the node's message 2, which costs it most of a handshake.
        await channel.ReadExactlyAsync(new byte[20 + 8 + 2 + 96], cancellationToken);
    }
}

/// <summary>Connections that say nothing, or only the first line.</summary>
internal sealed class HandshakeStall : Attack
{
    public override string Name => "handshake-stall";

    public override TimeSpan Patience => TimeSpan.FromSeconds(13);

    public override IReadOnlyList<string> Reasons => ["handshake-timeout", "pending-handshakes-per-ip", "pending-handshakes", "handshakes-per-ip"];

    public override Outcome Outcome => Outcome.Refused;

    public override int Workers => 64;

    protected override async Task OnceAsync(AttackContext context, Random random, CancellationToken cancellationToken)
    {
        using Socket socket = await RawPeer.DialAsync(context.Target, context.NextAddress(), null, cancellationToken);
        var channel = new SocketChannel(socket);
        if (random.Next(2) == 0)
        {
            await channel.WriteAsync("\u0013/multistream/1.0.0\n"u8.ToArray(), cancellationToken);
        }

        context.CountSent();
        var buffer = new byte[64];
        while (await channel.ReadAsync(buffer, cancellationToken) > 0)
        {
        }
    }
}

/// <summary>A true handshake, then bytes that no key of the connection made: anybody on the path could send them, so nobody is banned.</summary>
internal sealed class ForgedFrames : PeerAttack
{
    public override string Name => "forged-frames";

    public override IReadOnlyList<string> Reasons => ["noise-bad-frame"];

    public override Outcome Outcome => Outcome.Disconnected;

    protected override async Task AttackAsync(RawPeer peer, AttackContext context, Random random, CancellationToken cancellationToken)
    {
        var noise = new byte[1000];
        random.NextBytes(noise);
        context.CountSent();
        await peer.SendForgedAsync((byte[])[0x03, 0xE8, .. noise], cancellationToken);
        await peer.Closed.WaitAsync(cancellationToken);
    }
}

/// <summary>Many identities from one address, each of them idle.</summary>
internal sealed class SybilConnections : PeerAttack
{
    public override string Name => "sybil-connections";

    public override IReadOnlyList<string> Reasons => ["connections-per-ip", "connections-per-subnet", "connections", "handshakes-per-ip"];

    public override Outcome Outcome => Outcome.Refused;

    public override int Workers => 80;

    protected override Task AttackAsync(RawPeer peer, AttackContext context, Random random, CancellationToken cancellationToken)
    {
        context.CountSent();
        return peer.Closed.WaitAsync(cancellationToken);
    }
}
