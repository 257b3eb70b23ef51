using System.Buffers.Binary;
using System.Text;
using Aeamc.P2P.Cryptography.Evm;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Anchoring.Evm;

/// <summary>Call data of the Solidity contract ABI for fields of fixed size, which is all that this contract's functions take: 32 bytes each.</summary>
internal sealed class AbiWriter
{
    public const int WordSize = 32;
    private readonly List<byte> _bytes = [];

    /// <summary>Keccak-256 of a function's, error's or event's signature; the first four bytes are its selector.</summary>
    public static byte[] SignatureHash(string signature) => Keccak256.Hash(Encoding.ASCII.GetBytes(signature));

    public AbiWriter Selector(string signature)
    {
        _bytes.AddRange(SignatureHash(signature).AsSpan(0, 4));
        return this;
    }

    /// <summary>A number, or anything of up to 32 bytes that is aligned to the right.</summary>
    public AbiWriter Word(ReadOnlySpan<byte> bigEndian)
    {
        Invariant.Check(bigEndian.Length <= WordSize);
        Span<byte> word = stackalloc byte[WordSize];
        word.Clear();
        bigEndian.CopyTo(word[(WordSize - bigEndian.Length)..]);
        _bytes.AddRange(word);
        return this;
    }

    public AbiWriter Word(ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return Word(bytes);
    }

    public AbiWriter Word(Hash256 value)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        value.CopyTo(bytes);
        return Word(bytes);
    }

    public AbiWriter Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public byte[] ToArray() => [.. _bytes];
}
