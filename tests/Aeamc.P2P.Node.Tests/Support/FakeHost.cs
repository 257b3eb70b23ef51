using System.Collections.Concurrent;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Support;

/// <summary>A host that reaches the other hosts of its table by calling their handlers. Connected to all whose <see cref="Online"/> is set.</summary>
internal sealed class FakeHost : ILibp2pHost
{
    private readonly ConcurrentDictionary<PeerId, FakeHost> _network;
    private readonly ConcurrentDictionary<string, (RequestOptions Options, RequestHandler Handler)> _handlers = [];

    public FakeHost(NodeId self, ConcurrentDictionary<PeerId, FakeHost> network, TimeProvider time)
    {
        LocalPeer = PeerId.FromNodeId(self);
        Time = time;
        _network = network;
        network[LocalPeer] = this;
    }

    event Action<PeerInfo>? ILibp2pHost.PeerConnected
    {
        add { }
        remove { }
    }

    event Action<PeerInfo>? ILibp2pHost.PeerIdentified
    {
        add { }
        remove { }
    }

    event Action<PeerId>? ILibp2pHost.PeerDisconnected
    {
        add { }
        remove { }
    }

    public PeerId LocalPeer { get; }

    public TimeProvider Time { get; }

    public bool Online { get; set; } = true;

    /// <summary>Requests received, by protocol.</summary>
    public ConcurrentQueue<string> Served { get; } = [];

    public RefusalCounters Refusals { get; } = new();

    public IReadOnlyList<PeerInfo> Peers =>
    [
        .. _network.Values.Where(host => host != this && host.Online && Online)
            .Select(host => new PeerInfo(host.LocalPeer, ConnectionDirection.Outbound, Multiaddress.Parse("/ip4/127.0.0.1/tcp/1"), 1, null)),
    ];

    public PeerInfo? FindPeer(PeerId peer) => Peers.FirstOrDefault(info => info.Id == peer);

    public Task<PeerId> ConnectAsync(Multiaddress address, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public void Disconnect(PeerId peer, string reason)
    {
    }

    public void HandleStream(string protocol, StreamHandler handler)
    {
    }

    public ValueTask<PeerStream> OpenStreamAsync(PeerId peer, IReadOnlyList<string> protocols, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public void HandleRequests(string protocol, RequestOptions options, RequestHandler handler) => _handlers[protocol] = (options, handler);

    public async ValueTask<RequestResult> RequestAsync(PeerId peer, string protocol, ReadOnlyMemory<byte> request, CancellationToken cancellationToken = default)
    {
        if (!Online || !_network.TryGetValue(peer, out FakeHost? host) || !host.Online)
        {
            return new RequestResult(RequestStatus.NotConnected, default);
        }

        host.Served.Enqueue(protocol);
        if (!host._handlers.TryGetValue(protocol, out (RequestOptions Options, RequestHandler Handler) served))
        {
            return new RequestResult(RequestStatus.Refused, default);
        }

        using var late = new CancellationTokenSource(served.Options.Timeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await served.Handler(LocalPeer, request, either.Token).AsTask().WaitAsync(either.Token) is { } response
                ? new RequestResult(RequestStatus.Ok, response)
                : new RequestResult(RequestStatus.Refused, default);
        }
        catch (OperationCanceledException)
        {
            return new RequestResult(cancellationToken.IsCancellationRequested ? RequestStatus.Cancelled : RequestStatus.TimedOut, default);
        }
    }

    public void HandleMessages(string protocol, int maxBytes, MessageHandler handler)
    {
    }

    public bool TrySend(PeerId peer, string protocol, ReadOnlyMemory<byte> message) => false;
}
