using Aeamc.P2P.Cryptography.Secp256k1;

namespace Aeamc.P2P.Cryptography.Evm;

/// <summary>An EVM transaction before it is signed. Amounts are in wei.</summary>
/// <param name="ChainId">Binds the signature to one chain (EIP-155, EIP-1559).</param>
/// <param name="Nonce">The sender's count of earlier transactions.</param>
/// <param name="Fees">Sets the transaction's type: EIP-1559's or the legacy one.</param>
/// <param name="GasLimit">The most gas it may use.</param>
/// <param name="To">The receiver; null deploys a contract.</param>
/// <param name="Value">What it pays.</param>
/// <param name="Data">Call data, or the contract's init code.</param>
public sealed record EvmTransaction(ulong ChainId, ulong Nonce, EvmFees Fees, ulong GasLimit, EvmAddress? To, UInt128 Value, ReadOnlyMemory<byte> Data)
{
    private const byte DynamicFeeType = 2;

    /// <summary>Signs with RFC 6979's nonce, so the same transaction always has the same bytes and hash.</summary>
    public SignedTransaction Sign(Secp256k1PrivateKey key)
    {
        byte[] destination = Rlp.Bytes(To is { } address ? address.ToArray() : []);
        byte[] raw = Fees.IsLegacy ? SignLegacy(key, destination) : SignDynamic(key, destination);
        return new SignedTransaction(raw, Keccak256.Hash(raw));
    }

    private byte[] SignLegacy(Secp256k1PrivateKey key, byte[] destination)
    {
        byte[][] fields =
        [
            Rlp.Number(Nonce), Rlp.Number(Fees.MaxFeePerGas), Rlp.Number(GasLimit), destination, Rlp.Number(Value), Rlp.Bytes(Data.Span),
        ];
        byte[] hash = Keccak256.Hash(Rlp.List([.. fields, Rlp.Number(ChainId), Rlp.Number(0), Rlp.Number(0)]));
        RecoverableSignature signature = key.SignRecoverable(hash);

        // EIP-155
        UInt128 v = (UInt128)ChainId * 2 + 35 + (UInt128)signature.RecoveryId;
        return Rlp.List([.. fields, Rlp.Number(v), Rlp.Number(signature.R), Rlp.Number(signature.S)]);
    }

    private byte[] SignDynamic(Secp256k1PrivateKey key, byte[] destination)
    {
        byte[][] fields =
        [
            Rlp.Number(ChainId), Rlp.Number(Nonce), Rlp.Number(Fees.MaxPriorityFeePerGas), Rlp.Number(Fees.MaxFeePerGas), Rlp.Number(GasLimit),
            destination, Rlp.Number(Value), Rlp.Bytes(Data.Span), Rlp.List(),
        ];
        RecoverableSignature signature = key.SignRecoverable(Keccak256.Hash([DynamicFeeType, .. Rlp.List(fields)]));
        return
        [
            DynamicFeeType,
            .. Rlp.List([.. fields, Rlp.Number((UInt128)signature.RecoveryId), Rlp.Number(signature.R), Rlp.Number(signature.S)]),
        ];
    }
}
