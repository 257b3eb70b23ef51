using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Aeamc.P2P.Primitives;

/// <summary>
/// What the committee co-signs and anchors: a finalized block, the roots under which everything up to it can be proven, and the network it
/// belongs to. It does not name an EVM chain, so one group signature serves every chain.
/// </summary>
/// <param name="NetworkId">SHA-256 of the network's name in UTF-8.</param>
/// <param name="ClusterId">The cluster whose chain this is.</param>
/// <param name="Epoch">The epoch of the block.</param>
/// <param name="Height">The block's height.</param>
/// <param name="BlockHash">SHA-256 of the whole header.</param>
/// <param name="ChainRoot">MMR root over all block hashes up to and including this block.</param>
/// <param name="StateRoot">The authenticated state root after this block.</param>
public sealed record Checkpoint(
    Hash256 NetworkId,
    uint ClusterId,
    Epoch Epoch,
    Height Height,
    Hash256 BlockHash,
    Hash256 ChainRoot,
    Hash256 StateRoot)
{
    /// <summary>The text whose SHA-256 is the type hash, the first word of the signed message.</summary>
    public const string TypeText =
        "AeamcCheckpoint(bytes32 networkId,uint32 clusterId,uint64 epoch,uint64 height,bytes32 blockHash,bytes32 chainRoot,bytes32 stateRoot)";

    /// <summary>
    /// The 32-byte message that is threshold-signed: SHA-256 of eight 32-byte big-endian words, which is
    /// <c>sha256(abi.encode(TYPE_HASH, networkId, clusterId, epoch, height, blockHash, chainRoot, stateRoot))</c> in Solidity.
    /// </summary>
    public Hash256 SigningHash()
    {
        Span<byte> words = stackalloc byte[8 * 32];
        words.Clear();
        SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(TypeText), words);
        NetworkId.CopyTo(words[32..]);
        BinaryPrimitives.WriteUInt32BigEndian(words[(3 * 32 - 4)..], ClusterId);
        BinaryPrimitives.WriteUInt64BigEndian(words[(4 * 32 - 8)..], Epoch.Value);
        BinaryPrimitives.WriteUInt64BigEndian(words[(5 * 32 - 8)..], Height.Value);
        BlockHash.CopyTo(words[(5 * 32)..]);
        ChainRoot.CopyTo(words[(6 * 32)..]);
        StateRoot.CopyTo(words[(7 * 32)..]);
        return Hash256.Of(words);
    }

    /// <summary>MessagePack: [network id, cluster id, epoch, height, block hash, chain root, state root].</summary>
    public void Encode(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(7);
        writer.Write(NetworkId);
        writer.Write((ulong)ClusterId);
        writer.Write(Epoch.Value);
        writer.Write(Height.Value);
        writer.Write(BlockHash);
        writer.Write(ChainRoot);
        writer.Write(StateRoot);
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; false on anything else.</summary>
    public static bool TryDecode(ref MessagePackReader reader, [NotNullWhen(true)] out Checkpoint? checkpoint)
    {
        checkpoint = null;
        if (!reader.TryReadArrayHeader(7) || !reader.TryReadHash(out Hash256 network) || !reader.TryReadUInt32(out uint cluster)
            || !reader.TryReadUInt64(out ulong epoch) || !reader.TryReadUInt64(out ulong height)
            || !reader.TryReadHash(out Hash256 block) || !reader.TryReadHash(out Hash256 chain) || !reader.TryReadHash(out Hash256 state))
        {
            return false;
        }

        checkpoint = new Checkpoint(network, cluster, new Epoch(epoch), new Height(height), block, chain, state);
        return true;
    }
}
