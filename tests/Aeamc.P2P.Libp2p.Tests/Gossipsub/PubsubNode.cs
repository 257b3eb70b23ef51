using System.Collections.Concurrent;
using System.Text;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

/// <summary>A real host on loopback with a router over it that has joined the test's topic.</summary>
internal sealed class PubsubNode : IAsyncDisposable
{
    public const string Topic = "/aeamc/test/hosts";

    /// <summary>Heartbeats often, so that meshes stand soon.</summary>
    public static readonly PubsubSettings Fast = new() { HeartbeatInterval = TimeSpan.FromMilliseconds(50), MaxIHaveMessages = 1000 };

    private readonly ConcurrentDictionary<string, int> _received = new();

    private PubsubNode(Libp2pHost host, PubsubRouter router)
    {
        Host = host;
        Router = router;
    }

    public Libp2pHost Host { get; }

    public PubsubRouter Router { get; }

    public ITopic Joined { get; private set; } = null!;

    public PeerId Id => Host.LocalPeer;

    /// <summary>How often each text was delivered.</summary>
    public IReadOnlyDictionary<string, int> Received => _received;

    public static async Task<PubsubNode> StartAsync(PubsubSettings? settings = null, MessageValidator? validator = null, Ed25519PrivateKey? key = null)
    {
        Ed25519PrivateKey identity = key ?? Ed25519PrivateKey.Generate();
        Libp2pHost host = await TestHost.StartAsync(options => options with { Identity = identity });
        var node = new PubsubNode(host, new PubsubRouter(host, settings ?? Fast, identity));
        node.Joined = node.Router.Subscribe(Topic, validator ?? ((_, _, _) => ValueTask.FromResult(MessageValidity.Accept)));
        node.Joined.OnMessage += message => node._received.AddOrUpdate(Encoding.UTF8.GetString(message.Data.Span), 1, static (_, count) => count + 1);
        node.Router.Start();
        return node;
    }

    public int Publish(string text) => Joined.Publish(Encoding.UTF8.GetBytes(text));

    /// <summary>Connects to another node and waits until each has the other in its mesh.</summary>
    public async Task JoinAsync(PubsubNode other)
    {
        await Host.ConnectAsync(other.Host.ListenAddresses[0]).WaitAsync(TestHost.Patience);
        await TestHost.UntilAsync(() => Router.Mesh(Topic).Contains(other.Id) && other.Router.Mesh(Topic).Contains(Id));
    }

    public async ValueTask DisposeAsync()
    {
        await Router.DisposeAsync();
        await Host.DisposeAsync();
    }
}
