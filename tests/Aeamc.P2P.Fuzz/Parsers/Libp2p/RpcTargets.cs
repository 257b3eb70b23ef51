using System.Runtime.InteropServices;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Tests.Gossipsub.Protobuf;
using Google.Protobuf;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>Gossipsub: RPCs, and the messages in them under StrictSign.</summary>
internal static class RpcTargets
{
    // Of a topic of one letter a string is made, and of each entry a place in a list that doubles.
    private const long AllowedBytes = 16 << 10;
    private const long AllowedPerByte = 64;

    private static readonly PubsubSettings Settings = new();
    private static readonly RpcDecoder Decoder = new(Settings, new TopicNames());

    private static readonly MessagePolicy Policy =
        new(new PubsubSettings { SignaturePolicy = SignaturePolicy.StrictSign }, SignedMessageGrammar.Author, SignedMessageGrammar.Key, firstSequenceNumber: 0);

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("pubsub-rpc", Seeds(new RpcGrammar()), [], RunRpc) { Grammar = new RpcGrammar() },
        new("pubsub-signed-message", Seeds(new SignedMessageGrammar()), [], RunSigned) { Grammar = new SignedMessageGrammar() },
    ];

    /// <summary>The fault of the frame or of its first message; taken when there is none, and then the author has signed it.</summary>
    public static string RunSigned(byte[] input)
    {
        var rpc = new Rpc();
        RpcFault fault = Decoder.TryDecode(input, rpc);
        if (fault != RpcFault.None || rpc.Messages.Count == 0)
        {
            return fault == RpcFault.None ? "no message" : fault.ToString();
        }

        foreach (ref RpcMessage message in CollectionsMarshal.AsSpan(rpc.Messages))
        {
            Policy.Identify(ref message);
            if (message.Fault == MessageFault.None && !Policy.VerifySignature(message))
            {
                message.Fault = MessageFault.BadSignature;
            }

            FuzzTarget.Require(
                message.Fault != MessageFault.None || (PeerId.TryRead(message.From.GetValueOrDefault().Span, out PeerId author) && author == SignedMessageGrammar.Author),
                "nobody's messages are taken but those of the one whose key there is");
            FuzzTarget.Require(message.Fault != MessageFault.None || message.Id.Length == PeerId.Size + 8, "a message that is taken has an id");
        }

        return rpc.Messages[0].Fault == MessageFault.None ? FuzzTarget.Taken : rpc.Messages[0].Fault.ToString();
    }

    private static byte[][] Seeds(Grammar grammar) => [.. Enumerable.Range(0, 4).Select(i => grammar.Sound(new Random(i)).Bytes)];

    private static string RunRpc(byte[] input)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var rpc = new Rpc();
        RpcFault fault = Decoder.TryDecode(input, rpc);
        FuzzTarget.Require(GC.GetAllocatedBytesForCurrentThread() - before <= AllowedBytes + (AllowedPerByte * input.Length), "an RPC allocates in proportion to its length");
        if (fault != RpcFault.None)
        {
            return fault.ToString();
        }

        FuzzTarget.Require(rpc.IHaveIds.Count <= Settings.MaxIHaveLength && rpc.IWantIds.Count <= Settings.MaxIWantLength && rpc.IDontWantIds.Count <= Settings.MaxIDontWantIds, "lists are cut at their caps");
        FuzzTarget.Require(rpc.Prunes.All(prune => prune.Backoff is not { } backoff || backoff <= Settings.MaxBackoff), "backoffs are cut");
        FuzzTarget.Require(rpc.Prunes.All(prune => prune.Peers.Count <= Settings.PeerExchangeCount), "peers to connect to are cut");
        FuzzTarget.Require(rpc.IHaves.All(have => have.Start + have.Count <= rpc.IHaveIds.Count), "ranges lie inside");
        ComesBack(rpc);
        return rpc.Skipped == 0 ? FuzzTarget.Taken : "taken in part";
    }

    // What was read means the same when protoc writes it and it is read again, and when our own encoder writes it and protoc reads it.
    private static void ComesBack(Rpc rpc)
    {
        RPC meant = RpcModel.ToProto(rpc);
        var again = new Rpc();
        FuzzTarget.Require(Decoder.TryDecode(meant.ToByteArray(), again) == RpcFault.None && RpcModel.ToProto(again).Equals(meant), "an RPC means the same in its shortest form");
        foreach (RpcMessage message in rpc.Messages)
        {
            SharedFrame frame = RpcEncoder.EncodeMessage(FramePool.Shared, message, out _);
            FuzzTarget.Require(Body(frame).Publish.Single().Equals(RpcModel.ToProto(message)), "a message comes back from its encoder");
        }

        rpc.Messages.Clear();
        rpc.Extensions = null;
        meant.Publish.Clear();
        FuzzTarget.Require(Body(RpcEncoder.EncodeControl(FramePool.Shared, rpc)).Equals(meant), "control entries come back from their encoder");
    }

    private static RPC Body(SharedFrame frame)
    {
        UVarint.Read(frame.Span, out ulong length, out int prefix);
        FuzzTarget.Require((int)length == frame.Length - prefix, "a frame is as long as it says");
        RPC rpc = RPC.Parser.ParseFrom(frame.Span[prefix..]);
        frame.Release();
        return rpc;
    }
}
