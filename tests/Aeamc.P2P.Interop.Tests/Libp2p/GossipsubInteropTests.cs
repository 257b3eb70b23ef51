using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Interop.Tests.Libp2p;

/// <summary>Our gossipsub and js-libp2p's in one mesh: every message once to each subscriber.</summary>
public class GossipsubInteropTests
{
    private const string Topic = "/aeamc/test/interop";

    public static TheoryData<JsGeneration, SignaturePolicy, bool> Matrix => new()
    {
        { JsGeneration.Three, SignaturePolicy.StrictNoSign, true },
        { JsGeneration.Three, SignaturePolicy.StrictNoSign, false },
        { JsGeneration.Three, SignaturePolicy.StrictSign, true },
        { JsGeneration.Two, SignaturePolicy.StrictNoSign, true },
        { JsGeneration.Two, SignaturePolicy.StrictSign, false },
    };

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Both_sides_publish_and_receive_each_message_once(JsGeneration generation, SignaturePolicy policy, bool jsDials)
    {
        await using JsPeer js = await JsPeer.StartAsync(generation, policy.ToString());
        await using Node ours = await Node.StartAsync(policy);
        await js.CallAsync("subscribe", new { topic = Topic });
        if (jsDials)
        {
            await js.CallAsync("dial", new { address = ours.Host.ListenAddresses[0].ToString() });
        }
        else
        {
            await ours.Host.ConnectAsync(js.Address);
        }

        await MeshAsync(ours, js);
        const int Count = 20;
        for (int i = 0; i < Count; i++)
        {
            // Small ones, and ones that IDONTWANT is sent for.
            int size = i % 2 == 0 ? 100 : 3000;
            Assert.Equal(1, ours.Joined.Publish(Payload(1, i, size)));
            JsonNode? recipients = await js.CallAsync("publish", new { topic = Topic, data = Convert.ToHexStringLower(Payload(2, i, size)) });
            Assert.Equal(ours.Host.LocalPeer.ToString(), (string?)Assert.Single(recipients!.AsArray()));
        }

        await UntilAsync(() => ours.Received.Count == Count && MessagesOf(js).Count == Count);
        Assert.All(ours.Received.Values, count => Assert.Equal(1, count));
        Assert.Equal(Expected(1, Count), MessagesOf(js).Order());
        Assert.Equal(Expected(2, Count), ours.Received.Keys.Order());
        Assert.Equal(0, ours.Router.Counter(RouterCounter.MessagesFaulty));
        Assert.Equal(0, ours.Router.Counter(RouterCounter.ProtocolViolations));
        Assert.True(ours.Router.Score(js.Id) >= 0);
        if (policy == SignaturePolicy.StrictSign)
        {
            Assert.All(js.Events.Where(IsMessage), message => Assert.Equal(ours.Host.LocalPeer.ToString(), (string?)message["from"]));
        }
    }

    [Theory]
    [InlineData(SignaturePolicy.StrictNoSign)]
    [InlineData(SignaturePolicy.StrictSign)]
    public async Task One_mesh_of_three_js_and_three_of_ours_survives_a_late_join_a_leave_a_crash_and_a_restart(SignaturePolicy policy)
    {
        await using Node a = await Node.StartAsync(policy);
        await using Node b = await Node.StartAsync(policy);
        await using Node c = await Node.StartAsync(policy);
        await using JsPeer x = await JsPeer.StartAsync(JsGeneration.Three, policy.ToString());
        await using JsPeer y = await JsPeer.StartAsync(JsGeneration.Two, policy.ToString());
        await b.Host.ConnectAsync(a.Host.ListenAddresses[0]);
        await c.Host.ConnectAsync(b.Host.ListenAddresses[0]);
        foreach (JsPeer js in new[] { x, y })
        {
            await js.CallAsync("subscribe", new { topic = Topic });
            await js.CallAsync("dial", new { address = a.Host.ListenAddresses[0].ToString() });
            await c.Host.ConnectAsync(js.Address);
            await MeshAsync(a, js);
            await MeshAsync(c, js);
        }

        await PublishEverywhereAsync(1, [a, b, c], [x, y]);

        // One more joins late, knowing one of ours only.
        await using JsPeer late = await JsPeer.StartAsync(JsGeneration.Three, policy.ToString());
        await late.CallAsync("subscribe", new { topic = Topic });
        await late.CallAsync("dial", new { address = b.Host.ListenAddresses[0].ToString() });
        await MeshAsync(b, late);
        await PublishEverywhereAsync(2, [a, b, c], [x, y, late]);

        // One leaves the topic and stays connected: it gets nothing any more.
        int before = MessagesOf(late).Count;
        await late.CallAsync("unsubscribe", new { topic = Topic });
        await UntilAsync(() => !b.Router.TopicPeers(Topic).Contains(late.Id));
        await PublishEverywhereAsync(3, [a, b, c], [x, y]);
        Assert.Equal(before, MessagesOf(late).Count);

        // One dies without a word, and another process takes its place.
        y.Kill();
        await UntilAsync(() => !a.Router.TopicPeers(Topic).Contains(y.Id) && !c.Router.TopicPeers(Topic).Contains(y.Id));
        await PublishEverywhereAsync(4, [a, b, c], [x]);
        await using JsPeer again = await JsPeer.StartAsync(JsGeneration.Two, policy.ToString());
        await again.CallAsync("subscribe", new { topic = Topic });
        await again.CallAsync("dial", new { address = a.Host.ListenAddresses[0].ToString() });
        await MeshAsync(a, again);
        await PublishEverywhereAsync(5, [a, b, c], [x, again]);
        Assert.All(new[] { a, b, c }, node => Assert.Equal(0, node.Router.Counter(RouterCounter.MessagesFaulty)));
    }

    /// <summary>Everyone publishes five messages; everyone else gets each once.</summary>
    private static async Task PublishEverywhereAsync(byte round, Node[] ours, JsPeer[] js)
    {
        const int Count = 5;
        byte author = (byte)(round * 20);
        var sent = new List<(object Author, string Data)>();
        foreach (Node node in ours)
        {
            author++;
            for (int i = 0; i < Count; i++)
            {
                byte[] payload = Payload(author, i, 1500);
                node.Joined.Publish(payload);
                sent.Add((node, Convert.ToHexStringLower(payload)));
            }
        }

        foreach (JsPeer peer in js)
        {
            author++;
            for (int i = 0; i < Count; i++)
            {
                string data = Convert.ToHexStringLower(Payload(author, i, 1500));
                await peer.CallAsync("publish", new { topic = Topic, data });
                sent.Add((peer, data));
            }
        }

        foreach (Node node in ours)
        {
            string[] expected = [.. sent.Where(message => message.Author != node).Select(message => message.Data)];
            await UntilAsync(() => expected.All(node.Received.ContainsKey));
            Assert.All(expected, data => Assert.Equal(1, node.Received[data]));
        }

        foreach (JsPeer peer in js)
        {
            string[] expected = [.. sent.Where(message => message.Author != peer).Select(message => message.Data)];
            await UntilAsync(() => expected.All(MessagesOf(peer).Contains));
            Assert.All(expected, data => Assert.Single(MessagesOf(peer), data));
        }
    }

    private static byte[] Payload(byte author, int number, int size)
    {
        var payload = new byte[size];
        payload[0] = author;
        payload[1] = (byte)number;
        return payload;
    }

    private static IEnumerable<string> Expected(byte author, int count) =>
        Enumerable.Range(0, count).Select(i => Convert.ToHexStringLower(Payload(author, i, i % 2 == 0 ? 100 : 3000))).Order();

    private static bool IsMessage(JsonNode node) => (string?)node["event"] == "message" && (string?)node["topic"] == Topic;

    private static List<string> MessagesOf(JsPeer js) => [.. js.Events.Where(IsMessage).Select(message => (string)message["data"]!)];

    /// <summary>Ends when each has the other in its mesh.</summary>
    private static async Task MeshAsync(Node ours, JsPeer js)
    {
        await UntilAsync(() => ours.Router.Mesh(Topic).Contains(js.Id));
        using var late = new CancellationTokenSource(JsPeer.Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!(await js.CallAsync("meshPeers", new { topic = Topic }))!.AsArray().Any(peer => (string?)peer == ours.Host.LocalPeer.ToString()))
        {
            await look.WaitForNextTickAsync(late.Token);
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(JsPeer.Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
        {
            await look.WaitForNextTickAsync(late.Token);
        }
    }

    /// <summary>One of our hosts that has joined the topic.</summary>
    private sealed class Node : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, int> _received = new();

        private Node(Libp2pHost host, PubsubRouter router)
        {
            Host = host;
            Router = router;
            Joined = router.Subscribe(Topic, (_, _, _) => ValueTask.FromResult(MessageValidity.Accept));
            Joined.OnMessage += message => _received.AddOrUpdate(Convert.ToHexStringLower(message.Data.Span), 1, static (_, count) => count + 1);
        }

        public Libp2pHost Host { get; }

        public PubsubRouter Router { get; }

        public ITopic Joined { get; }

        public IReadOnlyDictionary<string, int> Received => _received;

        public static async Task<Node> StartAsync(SignaturePolicy policy)
        {
            Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
            var host = new Libp2pHost(new Libp2pHostOptions { Identity = key, ListenAddresses = [Multiaddress.Parse("/ip4/127.0.0.1/tcp/0")] });
            // The id domain is the one in js/libp2p-gossipsub.mjs.
            var settings = new PubsubSettings { SignaturePolicy = policy };
            var node = new Node(host, new PubsubRouter(host, settings, key));
            node.Router.Start();
            await host.StartAsync();
            return node;
        }

        public async ValueTask DisposeAsync()
        {
            await Router.DisposeAsync();
            await Host.DisposeAsync();
        }
    }
}
