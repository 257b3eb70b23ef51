using Aeamc.P2P.Cryptography.Secp256k1;

namespace Aeamc.P2P.Anchoring.Evm;

/// <summary>Keys and signatures as the contract takes them: coordinates instead of compressed points.</summary>
internal static class GroupSignatureWords
{
    /// <summary>Appends Rx, Ry, z. The signature has been verified, so R is a point.</summary>
    public static AbiWriter Signature(this AbiWriter writer, ReadOnlySpan<byte> signature65)
    {
        if (!Secp256k1PublicKey.TryParse(signature65[..Secp256k1PublicKey.CompressedSize], out Secp256k1PublicKey? r))
        {
            throw new ArgumentException("The signature's R is no point of the curve.", nameof(signature65));
        }

        return writer.Word(r.Uncompressed[1..33]).Word(r.Uncompressed[33..]).Word(signature65[Secp256k1PublicKey.CompressedSize..]);
    }

    /// <summary>Appends x and the prefix, 2 or 3.</summary>
    public static AbiWriter Key(this AbiWriter writer, ReadOnlySpan<byte> key33) => writer.Word(key33[1..]).Word(key33[0]);
}
