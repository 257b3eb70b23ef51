namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>Who vouches for a message (pubsub spec, Signature Policy Options). All peers of a topic must agree on it.</summary>
public enum SignaturePolicy
{
    /// <summary>Author, sequence number, signature and key are absent; a message that has one is refused. Its id is a hash of its content.</summary>
    StrictNoSign,

    /// <summary>Author, sequence number and signature are required and checked. Its id is author || sequence number.</summary>
    StrictSign,
}
