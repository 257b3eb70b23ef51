using System.Net;
using System.Text;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Hosting;
using Aeamc.P2P.Libp2p.Identify;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Multistream;
using Aeamc.P2P.Libp2p.Noise;
using Aeamc.P2P.Libp2p.Tests.Gossipsub.Protobuf;
using Aeamc.P2P.Libp2p.Yamux;
using Google.Protobuf;

namespace Aeamc.P2P.Fuzz.Parsers;

/// <summary>What arrives on the libp2p port, from the first byte up.</summary>
internal static class Libp2pTargets
{
    private static readonly PeerId Peer = PeerId.FromPublicKey([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);
    private static readonly string[] Addresses =
    [
        "/ip4/1.2.3.4/tcp/4001", $"/ip6/2a00::1/tcp/1/p2p/{Peer}", "/dns4/example.org/tcp/65535", $"/dns/a.b/tcp/0/p2p/{Peer.ToCidString()}",
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("uvarint", [[0], [0x7F], [0xFF, 0x01], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]], [], RunUVarint),
        new("multiaddr", [.. Addresses.Select(text => Multiaddress.Parse(text).ToArray())], [], RunMultiaddr),
        new("multiaddr-text", [.. Addresses.Select(Encoding.UTF8.GetBytes)], Words("/ip4/", "/ip6/", "::", "/tcp/", "/p2p/", "%25", "999999", "/dns6/"), RunMultiaddrText),
        new("peer-id-text", [Encoding.UTF8.GetBytes(Peer.ToString()), Encoding.UTF8.GetBytes(Peer.ToCidString())], Words("12D3Koo", "bafz", "k51", "z"), RunPeerIdText),
        new("multistream", [Lines("/multistream/1.0.0", "/noise"), Lines("/multistream/1.0.0", "/nothing/1", "/ipfs/ping/1.0.0")], [Lines("/noise"), Lines("na"), Lines("ls")], RunMultistream),
        new("noise-handshake", NoiseSeeds(), [], RunNoise),
        new("noise-payload", [NoisePayload()], [], RunNoisePayload) { IsProtobuf = true },
        new("yamux", YamuxSeeds(), [.. YamuxSeeds().Select(seed => seed[..12])], RunYamux),
        new("pubsub-rpc", RpcSeeds(), [], RunRpc) { IsProtobuf = true },
        new("identify", [IdentifySeed()], [], RunIdentify) { IsProtobuf = true },
    ];

    private static byte[][] Words(params string[] words) => [.. words.Select(Encoding.UTF8.GetBytes)];

    private static byte[] Lines(params string[] lines) => [.. lines.SelectMany(line => (byte[])[(byte)(line.Length + 1), .. Encoding.ASCII.GetBytes(line), (byte)'\n'])];

    private static void RunUVarint(byte[] input)
    {
        if (UVarint.Read(input, out ulong value, out int length) == UVarintStatus.Done)
        {
            var again = new byte[UVarint.MaxLength];
            FuzzTarget.Require(again.AsSpan(0, UVarint.Write(again, value)).SequenceEqual(input.AsSpan(0, length)), "a uvarint has one form");
        }
    }

    private static void RunMultiaddr(byte[] input)
    {
        if (Multiaddress.TryRead(input, out Multiaddress? address))
        {
            FuzzTarget.Require(Multiaddress.TryRead(address.ToArray(), out Multiaddress? again) && again.Equals(address), "the binary form comes back");
            FuzzTarget.Require(Multiaddress.TryParse(address.ToString(), out Multiaddress? text) && text.Equals(address), "the text form comes back");
        }
    }

    private static void RunMultiaddrText(byte[] input)
    {
        if (Multiaddress.TryParse(Encoding.UTF8.GetString(input), out Multiaddress? address))
        {
            FuzzTarget.Require(Multiaddress.TryRead(address.ToArray(), out Multiaddress? again) && again.Equals(address), "the binary form comes back");
            IPEndPoint? endPoint = address.ToIpEndPoint();
            FuzzTarget.Require(endPoint is null || Multiaddress.FromEndPoint(endPoint).Port == address.Port, "the end point has the same port");
        }
    }

    private static void RunPeerIdText(byte[] input)
    {
        if (PeerId.TryParse(Encoding.UTF8.GetString(input), out PeerId id))
        {
            FuzzTarget.Require(PeerId.TryParse(id.ToString(), out PeerId again) && again == id, "the base58 form comes back");
            FuzzTarget.Require(PeerId.TryParse(id.ToCidString(), out again) && again == id, "the CID form comes back");
        }
    }

    private static void RunMultistream(byte[] input)
    {
        Swallow(() => MultistreamSelect.ListenAsync(new BytesChannel(input), protocol => protocol == "/noise", default).AsTask());
        Swallow(() => MultistreamSelect.DialAsync(new BytesChannel(input), ["/a/1", "/noise"], default).AsTask());
        Swallow(() => MultistreamSelect.ConfirmAsync(new BytesChannel(input), "/noise", default).AsTask());
    }

    // Only what the protocol's code says it throws.
    private static void Swallow(Func<Task> run)
    {
        try
        {
            run().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is MultistreamException or ChannelClosedException)
        {
            // Refused.
        }
    }

    private static byte[][] NoiseSeeds()
    {
        (byte[] first, byte[] third, _) = Shake();
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
        byte[] payload = NoisePayload();
        var second = new byte[responder.NextOverhead + payload.Length];
        responder.TryWrite(payload, second, out _);
        initiator.TryRead(second, new byte[1000], out _);
        var third = new byte[initiator.NextOverhead + payload.Length];
        initiator.TryWrite(payload, third, out _);
        return (first, third, responder);
    }

    private static void RunNoise(byte[] input)
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
        }
    }

    private static byte[] NoisePayload() => new Libp2p.Noise.Wire.NoiseHandshakePayload
    {
        IdentityKey = ByteString.CopyFrom(Peer.ToPublicKeyProtobuf()),
        IdentitySig = ByteString.CopyFrom(new byte[64]),
        Extensions = new Libp2p.Noise.Wire.NoiseExtensions { StreamMuxers = { "/yamux/1.0.0" } },
    }.ToByteArray();

    private static void RunNoisePayload(byte[] input)
    {
        try
        {
            var payload = Libp2p.Noise.Wire.NoiseHandshakePayload.Parser.ParseFrom(input);
            if (PeerId.TryReadPublicKey(payload.IdentityKey.Span, out PeerId peer))
            {
                Ed25519.Verify(peer.ToNodeId(), new byte[56], payload.IdentitySig.Span);
            }
        }
        catch (InvalidProtocolBufferException)
        {
            // What the handshake takes for refusal.
        }
    }

    private static byte[][] YamuxSeeds()
    {
        byte[] frame(YamuxFrameType type, YamuxFlags flags, uint id, uint length, int data = 0)
        {
            var bytes = new byte[YamuxHeader.Size + data];
            new YamuxHeader(type, flags, id, length).Write(bytes);
            return bytes;
        }

        return
        [
            [.. frame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, 1, 0), .. frame(YamuxFrameType.Data, YamuxFlags.None, 1, 20, 20), .. frame(YamuxFrameType.Data, YamuxFlags.Fin, 1, 0)],
            [.. frame(YamuxFrameType.Ping, YamuxFlags.Syn, 0, 7), .. frame(YamuxFrameType.Ping, YamuxFlags.Ack, 0, 7), .. frame(YamuxFrameType.GoAway, YamuxFlags.None, 0, 1)],
            [.. frame(YamuxFrameType.Data, YamuxFlags.Syn, 3, 5, 5), .. frame(YamuxFrameType.WindowUpdate, YamuxFlags.Rst, 3, 0), .. frame(YamuxFrameType.Data, YamuxFlags.None, 3, 100, 100)],
        ];
    }

    private static void RunYamux(byte[] input)
    {
        var limits = new Libp2pLimits { MaxInboundStreamsPerConnection = 8, MaxBufferedBytesPerConnection = 1 << 20 };
        YamuxOptions options = YamuxOptions.From(limits);
        var session = new YamuxSession(new BytesChannel([]), Peer, client: false, options, TimeProvider.System, new RefusalCounters(), static _ => { });
        YamuxStream ours = session.OpenStream();
        var reader = new YamuxFrameReader(session);
        ReadOnlySpan<byte> rest = input;
        // Cut as the network may cut it; a violation ends the connection.
        for (int i = 1; !rest.IsEmpty; i++)
        {
            ReadOnlySpan<byte> piece = rest[..Math.Min(rest.Length, 1 + (i * 7 % 40))];
            rest = rest[piece.Length..];
            if (reader.Process(piece) is not null)
            {
                break;
            }
        }

        FuzzTarget.Require(session.StreamCount <= 9, "no more streams than allowed");
        ours.Reset();
        session.Abort();
        FuzzTarget.Require(options.Budget.Held is >= 0 and <= Mutator.MaxLength, "no more is held than came");
    }

    private static byte[][] RpcSeeds()
    {
        ByteString id = ByteString.CopyFrom(new byte[20]);
        return
        [
            new RPC { Subscriptions = { new RPC.Types.SubOpts { Subscribe = true, Topicid = "t" } } }.ToByteArray(),
            new RPC { Publish = { new Message { Topic = "t", Data = ByteString.CopyFromUtf8("data"), Seqno = ByteString.CopyFrom(new byte[8]), From = ByteString.CopyFrom(Peer.ToArray()), Signature = ByteString.CopyFrom(new byte[64]), Key = id } } }.ToByteArray(),
            new RPC
            {
                Control = new ControlMessage
                {
                    Ihave = { new ControlIHave { TopicID = "t", MessageIDs = { id, id } } },
                    Iwant = { new ControlIWant { MessageIDs = { id } } },
                    Graft = { new ControlGraft { TopicID = "t" } },
                    Prune = { new ControlPrune { TopicID = "t", Backoff = 60, Peers = { new Libp2p.Tests.Gossipsub.Protobuf.PeerInfo { PeerID = ByteString.CopyFrom(Peer.ToArray()), SignedPeerRecord = ByteString.CopyFrom(DiscoveryTargets.Record()) } } } },
                    Idontwant = { new ControlIDontWant { MessageIDs = { id } } },
                },
            }.ToByteArray(),
        ];
    }

    private static void RunRpc(byte[] input)
    {
        var settings = new PubsubSettings();
        var rpc = new Rpc();
        RpcFault fault = new RpcDecoder(settings, new TopicNames()).TryDecode(input, rpc);
        if (fault == RpcFault.None)
        {
            FuzzTarget.Require(rpc.IHaveIds.Count <= settings.MaxIHaveLength && rpc.IWantIds.Count <= settings.MaxIWantLength, "lists are cut at their caps");
            FuzzTarget.Require(rpc.Prunes.All(prune => prune.Backoff is not { } backoff || backoff <= settings.MaxBackoff), "backoffs are cut");
            FuzzTarget.Require(rpc.IHaves.All(have => have.Start + have.Count <= rpc.IHaveIds.Count), "ranges lie inside");
        }
    }

    private static byte[] IdentifySeed() => new Libp2p.Identify.Wire.Identify
    {
        PublicKey = ByteString.CopyFrom(Peer.ToPublicKeyProtobuf()),
        AgentVersion = "fuzz",
        Protocols = { "/ipfs/ping/1.0.0" },
        ListenAddrs = { ByteString.CopyFrom(Multiaddress.Parse(Addresses[0]).ToArray()) },
        ObservedAddr = ByteString.CopyFrom(Multiaddress.Parse(Addresses[0]).ToArray()),
        SignedPeerRecord = ByteString.CopyFrom(DiscoveryTargets.Record()),
    }.ToByteArray();

    private static readonly Lazy<IdentifyService> Identify = new(() =>
    {
        var options = new Libp2pHostOptions { Identity = Ed25519PrivateKey.FromSeed(new byte[32]) };
        var refusals = new RefusalCounters();
        var table = new ConnectionTable(Peer, options.Limits, new PeerGuard([], options.Limits, options.Time));
        var router = new StreamRouter(options.Limits.StreamNegotiationTimeout, options.Time, refusals, static (_, _) => { }, static _ => { }, default);
        return new IdentifyService(options, table, router, refusals, static (_, _) => { }, static () => []);
    });

    private static void RunIdentify(byte[] input)
    {
        Identify.Value.Take(Peer, input, push: false);
        Identify.Value.Take(Peer, input, push: true);
    }
}
