namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>Why a message is invalid whatever its content says (pubsub spec, Signature Policy Options).</summary>
public enum MessageFault
{
    None,

    /// <summary>Longer than <see cref="PubsubSettings.MaxMessageBytes"/>.</summary>
    TooLong,

    /// <summary>StrictNoSign: an author, sequence number, signature or key is present.</summary>
    UnexpectedSignature,

    /// <summary>StrictSign: the author, sequence number or signature is absent or of the wrong length.</summary>
    MissingSignature,

    /// <summary>StrictSign: the author is no Ed25519 peer, or the key is not the author's.</summary>
    WrongAuthor,

    /// <summary>StrictSign: the signature does not hold.</summary>
    BadSignature,
}
