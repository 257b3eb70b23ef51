namespace Aeamc.P2P.Gossipsub.Simulation;

/// <summary>
/// How a node treats the messages that its router wants sent. Mesh control always goes out: attackers here keep every rule of
/// GRAFT and PRUNE, which makes them hardest to tell from honest peers.
/// </summary>
internal abstract record Conduct
{
    private Conduct()
    {
    }

    /// <summary>Whether the node sends a message on, or answers a request for it, or advertises it.</summary>
    /// <param name="text">The message.</param>
    /// <param name="now">The time.</param>
    public abstract bool Sends(string text, TimeSpan now);

    /// <summary>Whether it emits gossip.</summary>
    public abstract bool Gossips(TimeSpan now);

    /// <summary>Sends everything.</summary>
    public sealed record Honest : Conduct
    {
        public static readonly Honest Instance = new();

        public override bool Sends(string text, TimeSpan now) => true;

        public override bool Gossips(TimeSpan now) => true;
    }

    /// <summary>Takes its place in meshes and sends nothing: from the start, or all attackers at once after having been honest.</summary>
    public sealed record Withholding(TimeSpan From) : Conduct
    {
        public override bool Sends(string text, TimeSpan now) => now < From;

        public override bool Gossips(TimeSpan now) => now < From;
    }

    /// <summary>Sends everything but the messages of one peer, which it neither forwards nor serves nor advertises.</summary>
    public sealed record Censoring(string Prefix) : Conduct
    {
        public override bool Sends(string text, TimeSpan now) => !text.StartsWith(Prefix, StringComparison.Ordinal);

        // The router's gossip would name them.
        public override bool Gossips(TimeSpan now) => false;
    }
}
