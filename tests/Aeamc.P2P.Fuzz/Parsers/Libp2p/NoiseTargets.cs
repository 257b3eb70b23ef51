using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Noise;
using Aeamc.P2P.Libp2p.Noise.Wire;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>The Noise handshake: its messages, and the payload that proves who sent them.</summary>
internal static class NoiseTargets
{
    private static readonly string[] PayloadRefusals = ["noise-bad-payload", "noise-bad-identity-key", "noise-bad-signature", "noise-no-common-muxer"];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("noise-handshake", HandshakeSeeds(), [], RunHandshake),
        new("noise-payload", [SoundPayload()], [], RunPayload) { Grammar = new NoisePayloadGrammar() },
    ];

    private static byte[] SoundPayload() => new NoisePayloadGrammar().Sound(new Random(1)).Bytes;

    private static string RunPayload(byte[] input)
    {
        try
        {
            NoiseHandshakePayload payload = NoiseHandshake.Parse(input);
            PeerId peer = NoiseHandshake.Verify(payload, NoisePayloadGrammar.Static, expected: null);
            FuzzTarget.Require(peer == PeerId.FromNodeId(NoisePayloadGrammar.Identity.PublicKey), "nobody passes for one whose key he has not");
            return NoiseHandshake.SelectMuxer(payload.Extensions?.StreamMuxers ?? [], [ProtocolIds.Yamux]) is null ? "muxer left open" : FuzzTarget.Taken;
        }
        catch (NoiseException e)
        {
            return FuzzTarget.Named(e.Reason, PayloadRefusals);
        }
    }

    private static byte[][] HandshakeSeeds()
    {
        (byte[] first, byte[] third, NoiseHandshakeState responder) = Shake();
        responder.Dispose();
        return [first, third];
    }

    // The first message of a handshake with fixed keys, the third, and the responder as it waits for the third.
    private static (byte[] First, byte[] Third, NoiseHandshakeState Responder) Shake()
    {
        byte[] key(byte fill) => [.. Enumerable.Repeat(fill, 32)];
        using var initiator = new NoiseHandshakeState(true, key(1), key(2), []);
        var responder = new NoiseHandshakeState(false, key(3), key(4), []);
        var first = new byte[initiator.NextOverhead];
        initiator.TryWrite([], first, out _);
        responder.TryRead(first, new byte[1000], out _);
        byte[] payload = SoundPayload();
        var second = new byte[responder.NextOverhead + payload.Length];
        responder.TryWrite(payload, second, out _);
        initiator.TryRead(second, new byte[1000], out _);
        var third = new byte[initiator.NextOverhead + payload.Length];
        initiator.TryWrite(payload, third, out _);
        return (first, third, responder);
    }

    private static string RunHandshake(byte[] input)
    {
        using (var fresh = new NoiseHandshakeState(false, new byte[32], new byte[32], []))
        {
            fresh.TryRead(input, new byte[input.Length], out _);
        }

        (_, byte[] third, NoiseHandshakeState responder) = Shake();
        using (responder)
        {
            bool read = responder.TryRead(input, new byte[input.Length], out _);
            FuzzTarget.Require(read == input.AsSpan().SequenceEqual(third), "nothing but the true third message is accepted");
            return read ? FuzzTarget.Taken : FuzzTarget.Refused;
        }
    }
}
