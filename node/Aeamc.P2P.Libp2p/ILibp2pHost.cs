using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Records;

namespace Aeamc.P2P.Libp2p;

/// <summary>Serves one inbound stream of a registered protocol. The stream is closed when the task ends and reset when it throws.</summary>
public delegate Task StreamHandler(PeerStream stream, CancellationToken cancellationToken);

/// <summary>
/// Answers one request. The result is the response; null refuses the request (the peer sees <see cref="RequestStatus.Refused"/>).
/// </summary>
public delegate ValueTask<ReadOnlyMemory<byte>?> RequestHandler(PeerId peer, ReadOnlyMemory<byte> request, CancellationToken cancellationToken);

/// <summary>Takes one one-way message. While the task runs, the peer's next message waits (back pressure); the memory is the handler's to keep.</summary>
public delegate ValueTask MessageHandler(PeerId peer, ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

/// <summary>
/// A libp2p node as its protocols see it. One implementation works over TCP; a simulation may give another.
/// Handlers are registered before the host starts, or at any time after. All members may be called from any thread.
/// </summary>
public interface ILibp2pHost
{
    /// <summary>Who we are.</summary>
    PeerId LocalPeer { get; }

    /// <summary>The clock of every time-out.</summary>
    TimeProvider Time { get; }

    /// <summary>What was refused, by reason.</summary>
    RefusalCounters Refusals { get; }

    /// <summary>The connected peers at this moment.</summary>
    IReadOnlyList<PeerInfo> Peers { get; }

    /// <summary>The first connection to a peer stands. Raised in order with <see cref="PeerDisconnected"/>; handlers must not block.</summary>
    event Action<PeerInfo>? PeerConnected;

    /// <summary>Identify told, or changed, the peer's protocols and addresses.</summary>
    event Action<PeerInfo>? PeerIdentified;

    /// <summary>The last connection to a peer is gone.</summary>
    event Action<PeerId>? PeerDisconnected;

    /// <summary>What is known of a connected peer; null when it is not connected.</summary>
    PeerInfo? FindPeer(PeerId peer);

    /// <summary>Connects to an address, or gives the peer if it is connected already.</summary>
    /// <exception cref="Libp2pException">The address did not answer, or someone else than its /p2p answered.</exception>
    Task<PeerId> ConnectAsync(Multiaddress address, CancellationToken cancellationToken = default);

    /// <summary>Closes all connections to a peer; the reason is counted in <see cref="Refusals"/>.</summary>
    void Disconnect(PeerId peer, string reason);

    /// <summary>
    /// A connected peer broke a protocol in a way that no honest one does: it is disconnected and, unless it is protected, not let in for a while.
    /// The reason is counted. Only for what the peer said over its authenticated connection.
    /// </summary>
    void Penalise(PeerId peer, string reason) => Disconnect(peer, reason);

    /// <summary>
    /// A peer named <paramref name="record"/>'s peer, with its verified record: it is remembered, and connected to if its addresses may be dialled.
    /// Never throws for what the network does.
    /// </summary>
    /// <param name="source">Who named it.</param>
    /// <param name="record">The record.</param>
    /// <param name="envelope">Its signed form.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task MeetAsync(PeerId source, SignedPeerRecord record, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>Registers the handler of a protocol's inbound streams; one per protocol.</summary>
    void HandleStream(string protocol, StreamHandler handler);

    /// <summary>Opens a stream to a connected peer, negotiating the first of <paramref name="protocols"/> that the peer supports.</summary>
    /// <exception cref="Libp2pException">Not connected, none supported, too many streams, or no answer in time.</exception>
    ValueTask<PeerStream> OpenStreamAsync(PeerId peer, IReadOnlyList<string> protocols, CancellationToken cancellationToken = default);

    /// <summary>Registers a request/response protocol: one request and one response, each with a uvarint length, per stream.</summary>
    void HandleRequests(string protocol, RequestOptions options, RequestHandler handler);

    /// <summary>
    /// Sends one request to a connected peer. Limits are those registered for the protocol by <see cref="HandleRequests"/>, else the defaults.
    /// Never throws for what the peer or the network does.
    /// </summary>
    ValueTask<RequestResult> RequestAsync(PeerId peer, string protocol, ReadOnlyMemory<byte> request, CancellationToken cancellationToken = default);

    /// <summary>Registers a one-way message protocol: uvarint-framed messages on a persistent stream.</summary>
    void HandleMessages(string protocol, int maxBytes, MessageHandler handler);

    /// <summary>
    /// Queues a one-way message to a connected peer on the protocol's persistent stream and returns at once. When the queue is full the
    /// oldest message is dropped and counted. The memory must not change afterwards.
    /// </summary>
    /// <returns>False when the peer is not connected.</returns>
    bool TrySend(PeerId peer, string protocol, ReadOnlyMemory<byte> message);
}
