using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// Judges a message before it is delivered or forwarded. It may run concurrently with itself.
/// </summary>
/// <param name="source">The neighbour that sent it: the one to blame, not the author.</param>
/// <param name="data">The payload; valid until the returned task completes, copy what must outlive it.</param>
/// <param name="cancellationToken">Cancelled when the router stops.</param>
public delegate ValueTask<MessageValidity> MessageValidator(PeerId source, ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

/// <summary>Receives an accepted message, each exactly once. Called on the validator's thread: hand long work to a queue.</summary>
/// <param name="message">The message; its data is valid until the handler returns, copy what must outlive it.</param>
public delegate void TopicMessageHandler(PubsubMessage message);

/// <summary>A topic that this node has joined. Own messages are not handed back to it.</summary>
public interface ITopic
{
    /// <summary>The topic's name on the wire.</summary>
    string Name { get; }

    /// <summary>Raised for each accepted message from another peer, exactly once while its id is remembered.</summary>
    event TopicMessageHandler? OnMessage;

    /// <summary>Sends a message to the topic. The data is copied.</summary>
    /// <returns>How many peers it was queued for; 0 when no peer is known yet, or when the same message was published before.</returns>
    /// <exception cref="ArgumentException">The data is longer than <see cref="PubsubSettings.MaxMessageBytes"/>.</exception>
    int Publish(ReadOnlySpan<byte> data);

    /// <summary>Leaves the topic: prunes its mesh and tells every peer.</summary>
    void Unsubscribe();
}
