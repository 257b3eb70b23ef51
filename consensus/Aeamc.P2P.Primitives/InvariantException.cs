namespace Aeamc.P2P.Primitives;

/// <summary>Our own mistake, not a peer's and not the operator's. Never caught to go on; the node stops.</summary>
public sealed class InvariantException(string message) : Exception(message);
