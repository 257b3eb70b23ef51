using System.Buffers;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceApi.V2;

/// <summary>A finalized block.</summary>
/// <param name="Header">The whole header in hexadecimal; its SHA-256 is <paramref name="Hash"/>.</param>
/// <param name="StateRoot">The state root after the parent.</param>
/// <param name="Finalization">The finalization certificate in base64.</param>
public sealed record BlockReply(
    ulong Height,
    string Hash,
    string Previous,
    ulong View,
    ulong Epoch,
    int Proposer,
    ulong Timestamp,
    int Entries,
    string EntriesRoot,
    string StateRoot,
    string ChainRoot,
    string Header,
    IReadOnlyList<string> Batches,
    ReadOnlyMemory<byte> Finalization)
{
    public static BlockReply Of(BlockView block) => new(
        block.Header.Height.Value,
        block.Hash.ToString(),
        block.Header.PreviousHash.ToString(),
        block.Header.View.Value,
        block.Header.Epoch.Value,
        block.Header.Proposer.Value,
        block.Header.Timestamp.Milliseconds,
        block.Header.ReceiptCount,
        block.Header.EntriesRoot.ToString(),
        block.Header.StateRoot.ToString(),
        block.Header.ChainRoot.ToString(),
        Convert.ToHexStringLower(block.Header.ToArray()),
        [.. block.Batches.Select(batch => batch.ToString())],
        block.Finalization);
}

/// <summary>A co-signed checkpoint.</summary>
/// <param name="SigningHash">The 32 bytes that were signed.</param>
/// <param name="Signature">R compressed, then z: 65 bytes in hexadecimal.</param>
/// <param name="GroupKey">33 bytes in hexadecimal; trust it only when it is the one you know.</param>
/// <param name="Encoded">The canonical encoding in base64, for a verifier.</param>
public sealed record CheckpointReply(
    ulong Height,
    string NetworkId,
    uint ClusterId,
    ulong Epoch,
    string BlockHash,
    string ChainRoot,
    string StateRoot,
    string SigningHash,
    string Signature,
    string GroupKey,
    ReadOnlyMemory<byte> Encoded)
{
    public static CheckpointReply Of(SignedCheckpoint signed)
    {
        Checkpoint checkpoint = signed.Checkpoint;
        var output = new ArrayBufferWriter<byte>(320);
        var writer = new MessagePackWriter(output);
        signed.Encode(ref writer);
        return new CheckpointReply(
            checkpoint.Height.Value,
            checkpoint.NetworkId.ToString(),
            checkpoint.ClusterId,
            checkpoint.Epoch.Value,
            checkpoint.BlockHash.ToString(),
            checkpoint.ChainRoot.ToString(),
            checkpoint.StateRoot.ToString(),
            checkpoint.SigningHash().ToString(),
            Convert.ToHexStringLower(signed.Signature),
            Convert.ToHexStringLower(signed.GroupKey),
            output.WrittenMemory.ToArray());
    }
}

/// <summary>Where else a device may connect.</summary>
public sealed record NodesReply(IReadOnlyList<NodeReply> Nodes);

/// <summary>A committee member.</summary>
/// <param name="Address">A multiaddress hint from genesis, or empty.</param>
/// <param name="Connected">Whether the answering node is connected to it.</param>
/// <param name="Answering">Whether it is the answering node.</param>
public sealed record NodeReply(string NodeId, string Label, string Address, bool Connected, bool Answering);
