namespace Aeamc.P2P.Cryptography.Keys;

/// <summary>How opening a sealed key ended.</summary>
public enum KeystoreResult
{
    /// <summary>The secret was written out.</summary>
    Opened,

    /// <summary>The bytes are not in the keystore's form.</summary>
    Malformed,

    /// <summary>Written by a later version of this program.</summary>
    UnknownVersion,

    /// <summary>The file asks for more work or memory than any file of ours.</summary>
    CostOutOfBounds,

    /// <summary>The machine has not the memory that the file asks for.</summary>
    OutOfMemory,

    /// <summary>The password is another one, or a byte of the file was changed: the two cannot be told apart.</summary>
    WrongPassword,
}
