using Aeamc.P2P.Libp2p.Gossipsub;
using Google.Protobuf;
using Proto = Aeamc.P2P.Libp2p.Tests.Gossipsub.Protobuf;

namespace Aeamc.P2P.Libp2p.Tests.Gossipsub;

/// <summary>A peer that writes to a router's stream whatever the test wants.</summary>
internal sealed class RawPubsubPeer : IAsyncDisposable
{
    private RawPubsubPeer(Libp2pHost host, PeerStream stream)
    {
        Host = host;
        Stream = stream;
    }

    public Libp2pHost Host { get; }

    public PeerStream Stream { get; private set; }

    public static async Task<RawPubsubPeer> ConnectAsync(PubsubNode node)
    {
        Libp2pHost host = await TestHost.StartAsync();
        // Serves the protocol too: the node opens its stream to us, and we read nothing from it.
        host.HandleStream(PubsubRouter.ProtocolV11, static async (stream, cancellationToken) =>
        {
            var sink = new byte[4096];
            while (await stream.ReadAsync(sink, cancellationToken) > 0)
            {
            }
        });
        await TestHost.JoinAsync(host, node.Host);
        return new RawPubsubPeer(host, await OpenAsync(host, node));
    }

    public async Task ReopenAsync(PubsubNode node) => Stream = await OpenAsync(Host, node);

    public async Task SendAsync(Proto.RPC rpc) => await LengthPrefixed.WriteAsync(Stream, rpc.ToByteArray());

    public async Task SendAsync(string text) =>
        await SendAsync(new Proto.RPC { Publish = { new Proto.Message { Topic = PubsubNode.Topic, Data = ByteString.CopyFromUtf8(text) } } });

    public async Task SubscribeAsync() =>
        await SendAsync(new Proto.RPC { Subscriptions = { new Proto.RPC.Types.SubOpts { Topicid = PubsubNode.Topic, Subscribe = true } } });

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private static async Task<PeerStream> OpenAsync(Libp2pHost host, PubsubNode node) =>
        await host.OpenStreamAsync(node.Id, [PubsubRouter.ProtocolV11]).AsTask().WaitAsync(TestHost.Patience);
}
