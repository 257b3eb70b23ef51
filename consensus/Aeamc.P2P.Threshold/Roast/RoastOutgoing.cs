namespace Aeamc.P2P.Threshold.Roast;

/// <summary>A request to be sent to a member; its reply goes to <see cref="RoastCoordinator.Receive"/>.</summary>
public sealed record RoastOutgoing(NodeIndex To, RoastRequest Request);
