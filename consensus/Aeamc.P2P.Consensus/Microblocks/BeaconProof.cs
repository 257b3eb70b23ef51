using System.Buffers.Binary;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Microblocks;

/// <summary>A proposer's ECVRF proof over <see cref="BeaconAlpha"/> (RFC 9381, edwards25519-SHA512-TAI): 80 bytes, checked outside the core.</summary>
public readonly record struct BeaconProof
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 80;

    private readonly Hash256 _gamma;
    private readonly ulong _challengeLow, _challengeHigh;
    private readonly Hash256 _response;

    /// <summary>Reads exactly 80 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 80 bytes long.</exception>
    public BeaconProof(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A beacon proof has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        _gamma = new Hash256(bytes[..32]);
        _challengeLow = BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]);
        _challengeHigh = BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]);
        _response = new Hash256(bytes[48..]);
    }

    /// <summary>80 zero bytes, as in a genesis header.</summary>
    public static BeaconProof None => default;

    /// <summary>Writes the 80 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination)
    {
        _gamma.CopyTo(destination);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[32..], _challengeLow);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[40..], _challengeHigh);
        _response.CopyTo(destination[48..]);
    }

    /// <summary>A new array of the 80 bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }
}
