using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Consensus.Microblocks;

/// <summary>
/// A microblock's header: <see cref="Size"/> bytes, little-endian. The first <see cref="Version1Size"/> bytes have Phase 1's layout, so a version 1 reader
/// still reads them. The block's hash is SHA-256 of all of it.
/// </summary>
/// <remarks>
/// Offsets: 0 magic u32, 4 version u8, 5 cluster id u32, 9 timestamp u64, 17 payload hash, 49 previous hash, 81 receipt count u16 | 83 height u64,
/// 91 view u64, 99 epoch u64, 107 proposer u16, 109 entries root, 141 state root, 173 chain root, 205 beacon (80), 285 parameters hash.
/// </remarks>
public sealed record MicroblockHeader
{
    /// <summary>The first four bytes of every microblock since Phase 1.</summary>
    public const uint Magic = 0xAEAEAEAE;

    /// <summary>The layout written here.</summary>
    public const byte Version = 2;

    /// <summary>Length in bytes.</summary>
    public const int Size = 317;

    /// <summary>Length of the part that Phase 1 defined.</summary>
    public const int Version1Size = 83;

    /// <summary>The cluster whose chain this is.</summary>
    public required uint ClusterId { get; init; }

    /// <summary>The proposer's time, later than the parent's.</summary>
    public required Timestamp Timestamp { get; init; }

    /// <summary><see cref="BlockPayload.Hash"/> of the batch list.</summary>
    public required Hash256 PayloadHash { get; init; }

    /// <summary>The parent's block hash.</summary>
    public required Hash256 PreviousHash { get; init; }

    /// <summary>How many entries the block has; Phase 1 called them receipts.</summary>
    public required ushort ReceiptCount { get; init; }

    /// <summary>The parent's height plus one.</summary>
    public required Height Height { get; init; }

    /// <summary>The view in which it was proposed first.</summary>
    public required View View { get; init; }

    /// <summary>The committee's term.</summary>
    public required Epoch Epoch { get; init; }

    /// <summary>The proposer's place in the epoch's committee.</summary>
    public required NodeIndex Proposer { get; init; }

    /// <summary><see cref="Microblocks.EntriesRoot"/> over the resolved, ordered entries.</summary>
    public required Hash256 EntriesRoot { get; init; }

    /// <summary>The state root after the parent, so that execution overlaps the vote.</summary>
    public required Hash256 StateRoot { get; init; }

    /// <summary>The mountain range root over the hashes of all earlier blocks, genesis first: leaf i is the block at height i.</summary>
    public required Hash256 ChainRoot { get; init; }

    /// <summary>The proposer's VRF proof.</summary>
    public required BeaconProof Beacon { get; init; }

    /// <summary>The hash of the consensus parameters in force.</summary>
    public required Hash256 ParametersHash { get; init; }

    /// <summary>SHA-256 of the whole header: the block hash. About a microsecond; keep it where it is used often.</summary>
    public Hash256 ComputeHash()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Hash256.Of(bytes);
    }

    /// <summary>Writes the <see cref="Size"/> bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        destination[4] = Version;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[5..], ClusterId);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[9..], Timestamp.Milliseconds);
        PayloadHash.CopyTo(destination[17..]);
        PreviousHash.CopyTo(destination[49..]);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[81..], ReceiptCount);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[83..], Height.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[91..], View.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[99..], Epoch.Value);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[107..], Proposer.Value);
        EntriesRoot.CopyTo(destination[109..]);
        StateRoot.CopyTo(destination[141..]);
        ChainRoot.CopyTo(destination[173..]);
        Beacon.CopyTo(destination[205..]);
        ParametersHash.CopyTo(destination[285..]);
    }

    /// <summary>A new array of the <see cref="Size"/> bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Reads exactly <see cref="Size"/> bytes; false on another length, magic or version.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out MicroblockHeader? header)
    {
        header = null;
        if (bytes.Length != Size || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic || bytes[4] != Version)
        {
            return false;
        }

        header = new MicroblockHeader
        {
            ClusterId = BinaryPrimitives.ReadUInt32LittleEndian(bytes[5..]),
            Timestamp = new Timestamp(BinaryPrimitives.ReadUInt64LittleEndian(bytes[9..])),
            PayloadHash = new Hash256(bytes[17..49]),
            PreviousHash = new Hash256(bytes[49..81]),
            ReceiptCount = BinaryPrimitives.ReadUInt16LittleEndian(bytes[81..]),
            Height = new Height(BinaryPrimitives.ReadUInt64LittleEndian(bytes[83..])),
            View = new View(BinaryPrimitives.ReadUInt64LittleEndian(bytes[91..])),
            Epoch = new Epoch(BinaryPrimitives.ReadUInt64LittleEndian(bytes[99..])),
            Proposer = new NodeIndex(BinaryPrimitives.ReadUInt16LittleEndian(bytes[107..])),
            EntriesRoot = new Hash256(bytes[109..141]),
            StateRoot = new Hash256(bytes[141..173]),
            ChainRoot = new Hash256(bytes[173..205]),
            Beacon = new BeaconProof(bytes[205..285]),
            ParametersHash = new Hash256(bytes[285..317]),
        };
        return true;
    }
}
