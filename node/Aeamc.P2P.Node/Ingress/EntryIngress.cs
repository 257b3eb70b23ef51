using System.Collections.Concurrent;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Cryptography.Verification;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Store;

namespace Aeamc.P2P.Node.Ingress;

/// <summary>
/// Where entries enter the network through this node: decoded, judged early by the ledger's own rules, their signature checked, made durable,
/// then acknowledged and packed. What was acknowledged is packed again until a finalized block holds it, also after a restart.
/// </summary>
public sealed class EntryIngress : IAsyncDisposable
{
    /// <summary>An entry that has waited this long is packed again: its batch may have been lost. The ledger counts it once all the same.</summary>
    private static readonly TimeSpan RepackAfter = TimeSpan.FromSeconds(15);

    /// <summary>By then every member of a small committee, this one included, has led a view and proposed what it had.</summary>
    private const ulong RepackAfterBlocks = 8;

    private readonly ChainContext _context;
    private readonly VerificationPool _verification;
    private readonly NodeStore _store;
    private readonly MempoolWriter _mempool;
    private readonly WaitingEntries _waiting;
    private readonly BatchPacker _packer;
    private readonly Func<FinalizedHead> _head;
    private readonly TimeProvider _time;
    private readonly ITimer _repack;
    private readonly ConcurrentDictionary<Hash256, Task> _accepting = [];
    private readonly ConcurrentDictionary<string, long> _refused = [];
    private long _accepted;
    private long _proofs;

    public EntryIngress(
        ChainContext context,
        VerificationPool verification,
        NodeStore store,
        WaitingEntries waiting,
        BatchPacker packer,
        Func<FinalizedHead> head,
        TimeProvider time)
    {
        _context = context;
        _verification = verification;
        _store = store;
        _mempool = new MempoolWriter(store);
        _waiting = waiting;
        _packer = packer;
        _head = head;
        _time = time;
        _repack = time.CreateTimer(_ => Repack(), null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
    }

    /// <summary>Entries acknowledged since the start.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Proofs of task among them.</summary>
    public long ProofsAccepted => Interlocked.Read(ref _proofs);

    /// <summary>Refusals since the start, by stable code.</summary>
    public IReadOnlyDictionary<string, long> Refused => _refused;

    /// <summary>Packs what an earlier run acknowledged and no block holds yet.</summary>
    public int Recover()
    {
        IReadOnlyList<WaitingEntry> stored = _store.ReadWaiting();
        foreach (WaitingEntry entry in stored)
        {
            Invariant.Check(entry.Bytes.Length > 1);
            var batched = new BatchEntry(entry.Bytes[0], entry.Bytes.AsMemory(1));
            if (_waiting.TryAdd(entry.Id, batched, acceptedAt: 0, _head().Height))
            {
                _packer.Add(batched);
            }
        }

        return stored.Count;
    }

    /// <summary>Takes an entry. Once the result says accepted, the entry is on this node's disk and will enter the chain or get a ledger outcome.</summary>
    public async ValueTask<Submission> SubmitAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        long arrived = _time.GetTimestamp();
        if (!_context.Decoder.TryDecode(entry, out DecodedEntry? decoded))
        {
            return Refuse(default, RefusalCode.MalformedEntry);
        }

        if (_waiting.Contains(decoded.Id) || _store.GetReceipt(decoded.Id) is not null)
        {
            return await AlreadyKnownAsync(decoded.Id);
        }

        if (_waiting.IsFull)
        {
            _refused.AddOrUpdate("node_busy", 1, static (_, count) => count + 1);
            return new Submission(SubmissionStatus.Busy, decoded.Id, RefusalCode.None);
        }

        RefusalCode code = await JudgeAsync(decoded, cancellationToken);
        if (code != RefusalCode.None)
        {
            return Refuse(decoded.Id, code);
        }

        var batched = new BatchEntry((byte)entry.Kind, entry.Bytes);
        cancellationToken.ThrowIfCancellationRequested();
        var durable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_accepting.TryAdd(decoded.Id, durable.Task))
        {
            return await AlreadyKnownAsync(decoded.Id);
        }

        try
        {
            if (!_waiting.TryAdd(decoded.Id, batched, arrived, _head().Height))
            {
                return new Submission(SubmissionStatus.AlreadyKnown, decoded.Id, RefusalCode.None);
            }

            byte[] stored = new byte[1 + entry.Bytes.Length];
            stored[0] = (byte)entry.Kind;
            entry.Bytes.CopyTo(stored.AsMemory(1));

            // From here on a caller that gives up changes nothing: the entry may reach the disk, so it must also be packed.
            await _mempool.AcceptAsync(decoded.Id, stored, CancellationToken.None);
        }
        catch (Exception)
        {
            // Not durable, so not acknowledged: the caller hears of the fault and may send again.
            _waiting.Withdraw(decoded.Id);
            throw;
        }
        finally
        {
            _accepting.TryRemove(decoded.Id, out _);
            durable.SetResult();
        }

        _packer.Add(batched);
        Interlocked.Increment(ref _accepted);
        if (decoded.Kind.IsProof())
        {
            Interlocked.Increment(ref _proofs);
        }

        return new Submission(SubmissionStatus.Accepted, decoded.Id, RefusalCode.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _repack.DisposeAsync();
        await _mempool.DisposeAsync();
    }

    /// <summary>The entry came before. A copy that comes while the first is on its way to the disk is answered when that is decided, for the answer is an acknowledgement.</summary>
    private async ValueTask<Submission> AlreadyKnownAsync(Hash256 id)
    {
        if (_accepting.TryGetValue(id, out Task? deciding))
        {
            await deciding;
            if (!_waiting.Contains(id) && _store.GetReceipt(id) is null)
            {
                return new Submission(SubmissionStatus.Busy, id, RefusalCode.None);
            }
        }

        return new Submission(SubmissionStatus.AlreadyKnown, id, RefusalCode.None);
    }

    /// <summary>
    /// Ledger rules first: they are cheaper than a signature, and a replay is the commonest fault. The signature waits its turn at the pool, where those
    /// of requests that come at the same time are verified together.
    /// </summary>
    private async ValueTask<RefusalCode> JudgeAsync(DecodedEntry decoded, CancellationToken cancellationToken)
    {
        FinalizedHead head = _head();
        var now = new Timestamp((ulong)_time.GetUtcNow().ToUnixTimeMilliseconds());
        RefusalCode code = _context.Ledger.Precheck(head.State, decoded, now);
        if (code is not (RefusalCode.None or RefusalCode.ProbationPending) || decoded.Claim is not { } claim)
        {
            return code is RefusalCode.ProbationPending ? RefusalCode.None : code;
        }

        bool[] verdicts = await _verification.VerifyAsync([claim], cancellationToken);
        return verdicts[0] ? RefusalCode.None : RefusalCode.SignatureInvalid;
    }

    private Submission Refuse(Hash256 id, RefusalCode code)
    {
        _refused.AddOrUpdate(RefusalCodes.Code(code), 1, static (_, count) => count + 1);
        return new Submission(SubmissionStatus.Refused, id, code);
    }

    private void Repack()
    {
        foreach (BatchEntry entry in _waiting.TakeOverdue(RepackAfter, RepackAfterBlocks, _head().Height))
        {
            _packer.Add(entry);
        }
    }
}
