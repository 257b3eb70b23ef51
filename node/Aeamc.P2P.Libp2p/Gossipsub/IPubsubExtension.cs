using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// An extension of the protocol (gossipsub v1.3, The Extensions Control Message), announced to each v1.3 peer in the first
/// RPC. Its methods run inside a step of the router: they must be quick and must not call it. An extension that grows with
/// what peers send bounds itself.
/// </summary>
public interface IPubsubExtension
{
    /// <summary>Its number in <c>ControlExtensions</c> and of its message in <c>RPC</c>, as registered in extensions.proto.</summary>
    int Field { get; }

    /// <summary>A peer announced it as well.</summary>
    /// <returns>The message to send to the peer at once, or null.</returns>
    ReadOnlyMemory<byte>? OnAnnounced(PeerId peer);

    /// <summary>A peer that announced it sent its message.</summary>
    /// <param name="peer">Who.</param>
    /// <param name="body">The message; only valid during the call.</param>
    /// <returns>The answer to send, or null.</returns>
    ReadOnlyMemory<byte>? OnMessage(PeerId peer, ReadOnlyMemory<byte> body);

    /// <summary>The peer is gone.</summary>
    void OnDisconnected(PeerId peer);
}
