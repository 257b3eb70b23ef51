namespace Aeamc.P2P.Cryptography.Secp256k1;

/// <summary>An ECDSA signature with what it takes to recover its key.</summary>
/// <param name="RBytes">32 big-endian bytes.</param>
/// <param name="SBytes">32 big-endian bytes, the lower of the two forms when made here.</param>
/// <param name="RecoveryId">0..3; EIP-1559's y parity is this number when it is 0 or 1.</param>
public sealed record RecoverableSignature(ReadOnlyMemory<byte> RBytes, ReadOnlyMemory<byte> SBytes, int RecoveryId)
{
    public ReadOnlySpan<byte> R => RBytes.Span;

    public ReadOnlySpan<byte> S => SBytes.Span;
}
