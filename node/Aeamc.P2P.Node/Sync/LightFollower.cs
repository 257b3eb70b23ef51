using System.Net;
using System.Text.Json;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.DeviceApi.V2;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Sync;

/// <summary>
/// Follows a chain through one node that need not be trusted: a block is believed when the committee of the genesis file finalized it, itself or through a
/// block that links back to it. What a node can still do is to be behind, or to say nothing.
/// </summary>
/// <param name="http">How the node is asked.</param>
/// <param name="node">Its address.</param>
/// <param name="clusterId">The cluster followed.</param>
/// <param name="finalizations">The committee.</param>
public sealed class LightFollower(HttpClient http, Uri node, uint clusterId, IFinalizationVerifier finalizations)
{
    /// <summary>Blocks looked at for one with a finalization of its own.</summary>
    private const int MaximumSteps = 64;

    /// <summary>The header of a height, proven to be final; or why not.</summary>
    public async Task<(MicroblockHeader? Header, ProofVerdict Verdict)> ProveAsync(Height height, CancellationToken cancellation)
    {
        MicroblockHeader? wanted = null;
        MicroblockHeader? last = null;
        for (int step = 0; step < MaximumSteps; step++)
        {
            if (await BlockAsync(new Height(height.Value + (ulong)step), cancellation) is not var (header, finalization))
            {
                return (null, ProofVerdict.FinalizationMissing);
            }

            if (header.ClusterId != clusterId)
            {
                return (null, ProofVerdict.WrongNetwork);
            }

            if (header.Height.Value != height.Value + (ulong)step || (last is not null && header.PreviousHash != last.ComputeHash()))
            {
                return (null, ProofVerdict.BlockNotInChain);
            }

            wanted ??= header;
            last = header;
            if (!finalization.IsEmpty)
            {
                return finalizations.Verify(header, finalization.Span) ? (wanted, ProofVerdict.Valid) : (null, ProofVerdict.BadFinalization);
            }
        }

        return (null, ProofVerdict.FinalizationMissing);
    }

    /// <summary>Checks an entry's proof and that its block is final.</summary>
    public async Task<ProofVerdict> VerifyAsync(ReceiptProof receipt, CancellationToken cancellation)
    {
        if (receipt.Header.ClusterId != clusterId)
        {
            return ProofVerdict.WrongNetwork;
        }

        ProofVerdict verdict = receipt.Inclusion.Verify(receipt.Entry, receipt.Header);
        if (verdict != ProofVerdict.Valid)
        {
            return verdict;
        }

        (MicroblockHeader? header, verdict) = await ProveAsync(receipt.Header.Height, cancellation);
        return header is null || header.ComputeHash() == receipt.Header.ComputeHash() ? verdict : ProofVerdict.BlockNotInChain;
    }

    /// <summary>The height that the node says it has; null when it says nothing sound.</summary>
    public async Task<Height?> HeightAsync(CancellationToken cancellation) =>
        await GetAsync("/v2/status", V2Json.Default.NodeStatus, cancellation) is { } status ? new Height(status.Height) : null;

    private async Task<(MicroblockHeader Header, ReadOnlyMemory<byte> Finalization)?> BlockAsync(Height height, CancellationToken cancellation) =>
        await GetAsync($"/v2/blocks/{height.Value}", V2Json.Default.BlockReply, cancellation) is { Header.Length: 2 * MicroblockHeader.Size } reply
        && TryRead(reply.Header, out MicroblockHeader? header)
            ? (header!, reply.Finalization)
            : null;

    private static bool TryRead(string hexadecimal, out MicroblockHeader? header)
    {
        header = null;
        var bytes = new byte[MicroblockHeader.Size];
        return Convert.FromHexString(hexadecimal, bytes, out _, out _) == System.Buffers.OperationStatus.Done && MicroblockHeader.TryDecode(bytes, out header);
    }

    private async Task<T?> GetAsync<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        try
        {
            using HttpResponseMessage reply = await http.GetAsync(new Uri(node, path), cancellation);
            return reply.StatusCode == HttpStatusCode.OK ? JsonSerializer.Deserialize(await reply.Content.ReadAsByteArrayAsync(cancellation), type) : null;
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException || (fault is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }
}
