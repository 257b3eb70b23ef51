using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Aeamc.P2P.Cryptography.Secp256k1;

namespace Aeamc.P2P.Cryptography.Evm;

/// <summary>A 20-byte account or contract address of an EVM chain. Written as EIP-55 asks, read in any case or with a right checksum.</summary>
public readonly record struct EvmAddress
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 20;

    private readonly Bytes _bytes;

    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 20 bytes long.</exception>
    public EvmAddress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"An address has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        bytes.CopyTo(_bytes);
    }

    /// <summary>Twenty zero bytes: no account.</summary>
    public static EvmAddress Zero => default;

    /// <summary>The account of a key: the last 20 bytes of Keccak-256 over x || y.</summary>
    public static EvmAddress Of(Secp256k1PublicKey key) => new(Keccak256.Hash(key.Uncompressed[1..]).AsSpan(Keccak256.Size - Size));

    /// <summary>The address of the contract that <paramref name="deployer"/> makes with its transaction number <paramref name="nonce"/>.</summary>
    public static EvmAddress OfContract(EvmAddress deployer, ulong nonce)
    {
        byte[] list = Rlp.List(Rlp.Bytes(deployer.ToArray()), Rlp.Number(nonce));
        return new EvmAddress(Keccak256.Hash(list).AsSpan(Keccak256.Size - Size));
    }

    /// <summary>Writes the 20 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_bytes).CopyTo(destination);

    /// <summary>A new array of the 20 bytes.</summary>
    public byte[] ToArray() => ((ReadOnlySpan<byte>)_bytes).ToArray();

    /// <summary>Reads 0x and 40 hexadecimal digits: all lower case, all upper case, or with the checksum of EIP-55; a wrong checksum is refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out EvmAddress address)
    {
        address = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (text is not { Length: 2 + 2 * Size } || !text.StartsWith("0x", StringComparison.Ordinal)
            || Convert.FromHexString(text.AsSpan(2), bytes, out _, out _) != OperationStatus.Done)
        {
            return false;
        }

        address = new EvmAddress(bytes);
        ReadOnlySpan<char> digits = text.AsSpan(2);
        return !digits.ContainsAnyInRange('a', 'f') || !digits.ContainsAnyInRange('A', 'F') || address.ToString() == text;
    }

    public bool Equals(EvmAddress other) => ((ReadOnlySpan<byte>)_bytes).SequenceEqual(other._bytes);

    /// <summary>An address is a hash already: its own bits serve.</summary>
    public override int GetHashCode() => BitConverter.ToInt32(_bytes);

    /// <summary>0x and 40 digits in the mixed case of EIP-55.</summary>
    public override string ToString()
    {
        char[] digits = Convert.ToHexStringLower(_bytes).ToCharArray();
        Span<byte> ascii = stackalloc byte[digits.Length];
        System.Text.Encoding.ASCII.GetBytes(digits, ascii);
        byte[] hash = Keccak256.Hash(ascii);
        for (int i = 0; i < digits.Length; i++)
        {
            int nibble = (i & 1) == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 0xf;
            if (nibble >= 8)
            {
                digits[i] = char.ToUpperInvariant(digits[i]);
            }
        }

        return "0x" + new string(digits);
    }

    [InlineArray(Size)]
    private struct Bytes
    {
        private byte _first;
    }
}
