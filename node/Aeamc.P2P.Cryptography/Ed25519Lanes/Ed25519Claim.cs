namespace Aeamc.P2P.Cryptography.Ed25519Lanes;

/// <summary>That a key signed a message. Any bytes may be given; what is no valid signature is false.</summary>
/// <param name="Key">32 bytes.</param>
/// <param name="Message">What is signed.</param>
/// <param name="Signature">64 bytes.</param>
public readonly record struct Ed25519Claim(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Message, ReadOnlyMemory<byte> Signature);
