using System.Net;
using System.Text;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

/// <summary>One router under virtual time, with the peers around it played by the test.</summary>
internal sealed class RouterHarness
{
    public const string Topic = "/aeamc/test/topic";

    private readonly MessagePolicy _policy;
    private readonly List<RouterOutput> _all = [];

    public RouterHarness(PubsubSettings? settings = null, bool joined = true, int seed = 1)
    {
        Settings = settings ?? new PubsubSettings();
        Router = new GossipsubRouter(Self, Settings, new Random(seed));
        _policy = new MessagePolicy(Settings, Self, null, 0);
        if (joined)
        {
            Step(new RouterInput.Subscribe(Topic));
        }
    }

    public static PeerId Self { get; } = TestPeers.Id(-1);

    public PubsubSettings Settings { get; }

    public GossipsubRouter Router { get; }

    public TimeSpan Now { get; private set; }

    /// <summary>Everything put out so far.</summary>
    public IReadOnlyList<RouterOutput> All => _all;

    public static MessageId RandomId(int number)
    {
        Assert.True(MessageId.TryCreate(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(number)).AsSpan(0, 20), out MessageId id));
        return id;
    }

    public Outputs Step(RouterInput input)
    {
        var outputs = new List<RouterOutput>();
        Router.Step(Now, input, outputs);
        // An RPC is lent until the next step, and the tests look later.
        RouterOutput[] kept = [.. outputs.Select(static output => output.Kind == RouterOutputKind.SendRpc ? RouterOutput.SendRpc(output.Peer, Copy(output.Rpc), output.Priority) : output)];
        _all.AddRange(kept);
        return new Outputs(kept);
    }

    private static Rpc Copy(Rpc rpc)
    {
        var copy = new Rpc { Extensions = rpc.Extensions };
        copy.Subscriptions.AddRange(rpc.Subscriptions);
        copy.IHaves.AddRange(rpc.IHaves);
        copy.IHaveIds.AddRange(rpc.IHaveIds);
        copy.IWantIds.AddRange(rpc.IWantIds);
        copy.Grafts.AddRange(rpc.Grafts);
        copy.Prunes.AddRange(rpc.Prunes);
        copy.IDontWantIds.AddRange(rpc.IDontWantIds);
        copy.ExtensionMessages.AddRange(rpc.ExtensionMessages);
        return copy;
    }

    public void Advance(TimeSpan time) => Now += time;

    public Outputs Heartbeats(int count = 1)
    {
        var outputs = new List<RouterOutput>();
        for (int i = 0; i < count; i++)
        {
            Now += Settings.HeartbeatInterval;
            outputs.AddRange(Step(RouterInput.Heartbeat.Instance).Items);
        }

        return new Outputs(outputs);
    }

    /// <summary>Connects a peer that subscribes to the topic.</summary>
    public PeerId Connect(int number, bool outbound = false, IPAddress? address = null, GossipsubVersion version = GossipsubVersion.V12, bool subscribe = true)
    {
        PeerId peer = TestPeers.Id(number);
        Step(new RouterInput.PeerConnected(peer, outbound, address, version));
        if (subscribe)
        {
            Receive(peer, static rpc => rpc.Subscriptions.Add(new SubscriptionChange(Topic, Subscribe: true)));
        }

        return peer;
    }

    public PeerId[] ConnectMany(int count, bool outbound = false, int from = 1) =>
        [.. Enumerable.Range(from, count).Select(number => Connect(number, outbound))];

    public Outputs Receive(PeerId peer, Action<Rpc> fill)
    {
        var rpc = new Rpc();
        fill(rpc);
        return Step(new RouterInput.RpcReceived(peer, rpc));
    }

    public Outputs Graft(PeerId peer) => Receive(peer, static rpc => rpc.Grafts.Add(Topic));

    public Outputs Prune(PeerId peer, TimeSpan? backoff = null, params PeerExchangeInfo[] exchange) =>
        Receive(peer, rpc => rpc.Prunes.Add(new PruneNotice(Topic, backoff, exchange)));

    public Outputs IHave(PeerId peer, params MessageId[] ids) => Receive(peer, rpc => rpc.AddIHave(Topic, ids));

    public Outputs IWant(PeerId peer, params MessageId[] ids) => Receive(peer, rpc => rpc.IWantIds.AddRange(ids));

    public RpcMessage Message(string text, string topic = Topic, int size = 0)
    {
        byte[] data = Encoding.UTF8.GetBytes(text);
        Array.Resize(ref data, Math.Max(size, data.Length));
        var message = new RpcMessage { Topic = topic, Data = data };
        _policy.Identify(ref message);
        return message;
    }

    public Outputs Send(PeerId peer, RpcMessage message) => Receive(peer, rpc => rpc.Messages.Add(message));

    /// <summary>A peer sends a message, and the application judges it at once.</summary>
    public Outputs SendAndJudge(PeerId peer, string text, MessageValidity validity = MessageValidity.Accept)
    {
        RpcMessage message = Message(text);
        Send(peer, message);
        return Step(new RouterInput.Validated(message.Id, validity));
    }

    public PubsubMessage Own(string text, string topic = Topic) => _policy.Create(topic, Encoding.UTF8.GetBytes(text));

    public Outputs Publish(PubsubMessage message) => Step(new RouterInput.Publish(message));

    public IReadOnlyList<PeerId> Mesh => Router.Mesh(Topic);
}

/// <summary>What one step put out, asked in the words of the tests.</summary>
internal sealed record Outputs(IReadOnlyList<RouterOutput> Items)
{
    public IEnumerable<RouterOutput> Rpcs => Of(RouterOutputKind.SendRpc);

    public IReadOnlyList<PeerId> Grafted => [.. Rpcs.Where(send => send.Rpc.Grafts.Count > 0).Select(send => send.Peer)];

    public IReadOnlyList<PeerId> Pruned => [.. Rpcs.Where(send => send.Rpc.Prunes.Count > 0).Select(send => send.Peer)];

    public IReadOnlyList<PeerId> GossipedTo => [.. Rpcs.Where(send => send.Rpc.IHaves.Count > 0).Select(send => send.Peer)];

    public IReadOnlyList<MessageId> Asked => [.. Rpcs.SelectMany(send => send.Rpc.IWantIds)];

    public IReadOnlyList<PeerId> ToldIDontWant => [.. Rpcs.Where(send => send.Rpc.IDontWantIds.Count > 0).Select(send => send.Peer)];

    public IReadOnlyList<PeerId> SentTo => [.. Of(RouterOutputKind.SendMessage).Select(send => send.Peer)];

    public IReadOnlyList<PeerId> CancelledFor => [.. Of(RouterOutputKind.CancelMessage).Select(cancel => cancel.Peer)];

    public IReadOnlyList<PubsubMessage> Delivered => [.. Of(RouterOutputKind.Deliver).Select(deliver => deliver.Message)];

    public IReadOnlyList<PubsubMessage> ToValidate => [.. Of(RouterOutputKind.Validate).Select(validate => validate.Message)];

    public PruneNotice SinglePrune => Rpcs.SelectMany(send => send.Rpc.Prunes).Single();

    public IEnumerable<RouterOutput> Of(RouterOutputKind kind) => Items.Where(output => output.Kind == kind);
}
