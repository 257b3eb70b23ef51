using System.Collections.Concurrent;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Cryptography.Verification;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Node.Chain;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Ingress;

/// <summary>
/// Every batch's way into the chain, wherever it comes from: form, author and author's signature first, then it is stored, then its entries are
/// decoded and their signatures checked on the verification pool while the vote on its block may already run.
/// </summary>
public sealed class BatchIntake(ChainContext context, ChainActor chain, NodeStore store, VerificationPool verification, Action<Exception> onFault)
{
    /// <summary>Batches in verification at once; more gossip is let pass and fetched when a block needs it.</summary>
    private const int MaximumInFlight = 512;

    private readonly ConcurrentDictionary<Hash256, bool> _inFlight = [];
    private readonly ConcurrentDictionary<string, long> _refused = [];

    /// <summary>Batches refused, by reason.</summary>
    public IReadOnlyDictionary<string, long> Refused => _refused;

    /// <summary>Judges a gossiped batch: Reject is the sender's fault, for it forwarded what it could have checked itself.</summary>
    public MessageValidity Gossiped(PeerId source, ReadOnlyMemory<byte> bytes)
    {
        // The router's buffer is only lent.
        if (!TryRead(bytes.ToArray(), out Batch? batch))
        {
            return MessageValidity.Reject;
        }

        if (store.HasBatch(batch!.Hash) || _inFlight.Count >= MaximumInFlight)
        {
            return MessageValidity.Ignore;
        }

        Take(batch);
        return MessageValidity.Accept;
    }

    /// <summary>Takes a batch of our own, a fetched one or one from the store; false when it is malformed.</summary>
    public bool Take(ReadOnlyMemory<byte> bytes)
    {
        if (!TryRead(bytes, out Batch? batch))
        {
            return false;
        }

        Take(batch!);
        return true;
    }

    /// <summary>Takes a batch whose form and author's signature are known to be good.</summary>
    public void Take(Batch batch)
    {
        if (!_inFlight.TryAdd(batch.Hash, true))
        {
            return;
        }

        store.PutBatch(new StoredBatch(batch.Hash, batch.Encoded));
        List<BlockEntry>? entries = BatchEntries.Decode(context, batch);
        chain.BatchArrived(new PooledBatch(batch, entries ?? []));
        _ = VerifyAsync(batch.Hash, entries);
    }

    private bool TryRead(ReadOnlyMemory<byte> bytes, out Batch? batch)
    {
        if (!Batch.TryDecode(bytes, out batch))
        {
            return Refuse("batch_malformed");
        }

        if (!context.Committee.TryIndexOf(batch.Author, out _))
        {
            return Refuse("batch_author_not_a_member");
        }

        Span<byte> signed = stackalloc byte[Hash256.Size];
        batch.Body.SigningHash(context.Genesis.NetworkId, context.Genesis.ClusterId).CopyTo(signed);
        Span<byte> author = stackalloc byte[NodeId.Size];
        batch.Author.CopyTo(author);
        return Ed25519.Verify(author, signed, batch.Signature) || Refuse("batch_signature");
    }

    private bool Refuse(string reason)
    {
        _refused.AddOrUpdate(reason, 1, static (_, count) => count + 1);
        return false;
    }

    private async Task VerifyAsync(Hash256 hash, List<BlockEntry>? entries)
    {
        try
        {
            bool valid = false;
            if (entries is not null)
            {
                SignatureClaim[] claims = [.. entries.Select(entry => entry.Entry.Claim).OfType<SignatureClaim>()];
                valid = Array.TrueForAll(await verification.VerifyAsync(claims), verdict => verdict) && entries.TrueForAll(entry => context.Ledger.IsProven(entry.Entry));
            }

            if (!valid)
            {
                Refuse("batch_entry_invalid");
            }

            // First out of flight, then told: the chain may at once want it again, if it had no room for it.
            _inFlight.TryRemove(hash, out _);
            chain.BatchVerified(hash, valid);
        }
        catch (OperationCanceledException)
        {
            // The node is stopping; the batch is in the store.
        }
        catch (Exception fault)
        {
            // Without a verdict its block would wait for ever.
            onFault(fault);
        }
        finally
        {
            _inFlight.TryRemove(hash, out _);
        }
    }
}
