namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>What a peer speaks, by the protocol that its stream agreed on.</summary>
public enum GossipsubVersion
{
    /// <summary>Scores, backoffs, peer exchange: <c>/meshsub/1.1.0</c>.</summary>
    V11,

    /// <summary>And IDONTWANT: <c>/meshsub/1.2.0</c>.</summary>
    V12,

    /// <summary>And extensions: <c>/meshsub/1.3.0</c>.</summary>
    V13,
}
