namespace Aeamc.P2P.Libp2p.Messaging;

/// <summary>How a request ended.</summary>
/// <param name="Status">Whether there is a response, or why not.</param>
/// <param name="Response">The response when <see cref="Status"/> is Ok, else empty.</param>
public readonly record struct RequestResult(RequestStatus Status, ReadOnlyMemory<byte> Response);
