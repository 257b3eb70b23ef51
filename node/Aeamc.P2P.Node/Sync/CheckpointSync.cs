using System.Buffers.Binary;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Messaging;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Signing;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Sync;

/// <summary>
/// Gets the checkpoints that were co-signed while this node was away, once it has the blocks that they name. Which heights were signed cannot be computed
/// (a signing that failed is made up for by the next one), so as many members are asked as guarantee that one of them is honest. Where the gap begins is
/// kept in the store until it is closed.
/// </summary>
public sealed class CheckpointSync(
    ILibp2pHost host, ChainContext context, SyncSources sources, NodeStore store, CheckpointSigning signing, Action<Exception> onFault, CancellationToken stopping)
{
    private const string GapKey = "sync/checkpoints-from";

    private readonly Lock _gate = new();
    private bool _running;
    private bool _gap = store.GetMeta(GapKey) is not null;
    private int _missed;

    /// <summary>Whether checkpoints may be missing.</summary>
    public bool HasGap => Volatile.Read(ref _gap);

    /// <summary>Blocks from this head on were missed, and with them perhaps checkpoints.</summary>
    public void Missed(Height head)
    {
        lock (_gate)
        {
            _missed++;
            if (_gap)
            {
                return;
            }

            _gap = true;
            Span<byte> gap = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(gap, (store.CheckpointBelow(head)?.Value ?? 0) + 1);
            store.PutMeta(GapKey, gap);
        }
    }

    /// <summary>Closes the gap, if there is one, up to the head that the node has now. Returns at once.</summary>
    public void Fill()
    {
        lock (_gate)
        {
            if (!_gap || _running)
            {
                return;
            }

            _running = true;
            _ = FillAsync(_missed);
        }
    }

    private async Task FillAsync(int missed)
    {
        try
        {
            await Task.Yield();
            byte[]? gap = store.GetMeta(GapKey);
            Invariant.Check(gap is { Length: 8 });
            if (await FillAsync(new Height(BinaryPrimitives.ReadUInt64BigEndian(gap))))
            {
                Close(missed);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping; the gap is remembered.
        }
        catch (Exception fault)
        {
            onFault(fault);
        }
        finally
        {
            lock (_gate)
            {
                _running = false;
            }
        }
    }

    private void Close(int missed)
    {
        store.Sync();
        lock (_gate)
        {
            // What was missed while the gap was being filled leaves it open.
            if (missed == _missed)
            {
                store.DeleteMeta(GapKey);
                _gap = false;
            }
        }
    }

    private async Task<bool> FillAsync(Height from)
    {
        // Below the block that this node began with it cannot know what a checkpoint must say.
        from = new Height(Math.Max(from.Value, store.First.Value - 1));
        int wanted = context.Committee.Count - context.Committee.Quorum + 1;
        foreach (PeerId peer in sources.Order([]))
        {
            wanted -= await AskAsync(peer, from) ? 1 : 0;
            if (wanted <= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes all that one member has; true when it answered soundly to the end.</summary>
    private async Task<bool> AskAsync(PeerId peer, Height from)
    {
        while (true)
        {
            RequestResult result = await host.RequestAsync(peer, SyncProtocol.Checkpoints, SyncProtocol.EncodeRangeRequest(from, SyncProtocol.MaximumBlocks), stopping);
            if (result.Status != RequestStatus.Ok)
            {
                stopping.ThrowIfCancellationRequested();
                return false;
            }

            if (!SyncProtocol.TryDecodeBlobs(result.Response, SyncProtocol.MaximumBlocks, out List<ReadOnlyMemory<byte>>? blobs))
            {
                sources.Lied(peer, "checkpoints_malformed");
                return false;
            }

            foreach (ReadOnlyMemory<byte> blob in blobs)
            {
                if (CheckpointSigning.Decode(blob.ToArray()) is not { } signed || signed.Checkpoint.Height < from)
                {
                    sources.Lied(peer, "checkpoints_malformed");
                    return false;
                }

                from = signed.Checkpoint.Height.Next;
                if (!IsKnown(signed) && !signing.Learn(signed) && signing.CanJudge(signed.Checkpoint.Height))
                {
                    // Beyond our own head, or below what we keep, it may be right all the same.
                    sources.Lied(peer, "checkpoint_wrong");
                    return false;
                }
            }

            if (blobs.Count < SyncProtocol.MaximumBlocks)
            {
                return true;
            }
        }
    }

    private bool IsKnown(SignedCheckpoint signed) => store.GetCheckpoint(signed.Checkpoint.Height) is not null;
}
