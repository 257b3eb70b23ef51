namespace Aeamc.P2P.Ledger;

/// <summary>How an envelope is signed. The encoding of an ECDSA signature is stated, never guessed.</summary>
public enum SignatureAlgorithm : byte
{
    /// <summary>No algorithm; never valid on the wire.</summary>
    None = 0,

    /// <summary>Ed25519 (RFC 8032), libsodium's acceptance rule: 32-byte key, 64-byte signature.</summary>
    Ed25519 = 1,

    /// <summary>ECDSA over P-256 with SHA-256, signature r || s of 64 bytes. Low s is not required.</summary>
    Es256 = 2,

    /// <summary>ECDSA over P-256 with SHA-256, signature in strict DER. Low s is not required.</summary>
    Es256Der = 3,
}
