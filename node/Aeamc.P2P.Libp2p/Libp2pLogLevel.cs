namespace Aeamc.P2P.Libp2p;

/// <summary>How much an event matters.</summary>
public enum Libp2pLogLevel
{
    /// <summary>Single connections and refusals.</summary>
    Debug,

    /// <summary>Start, stop, peers coming and going.</summary>
    Information,

    /// <summary>Something an operator may want to mend.</summary>
    Warning,
}
