using System.Buffers.Binary;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.DeviceClient;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Benchmarks.Sync;

/// <summary>
/// What devices put into a forged chain: they register, show themselves, lease work and prove a unit a block, all as the ledger wants it, so that nearly
/// every entry is a proof that counts.
/// </summary>
internal sealed class ForgedProofs : IDisposable
{
    private const ushort UnitsPerTask = ushort.MaxValue;
    private const ushort UnitsPerLease = 1_024;
    private const uint Steps = 4;

    private static readonly Telemetry Plugged = new(10_000, true, 1000, 3000, 20, 50_000);

    private readonly DeviceKey _requester;
    private readonly string _network;
    private readonly DeviceKey[] _devices;
    private ulong _nonces;
    private long _left;

    /// <param name="requester">An account of the genesis file.</param>
    /// <param name="network">The network's name.</param>
    /// <param name="devices">Proofs a block.</param>
    public ForgedProofs(DeviceKey requester, string network, int devices)
    {
        _requester = requester;
        _network = network;
        _devices = [.. Enumerable.Range(0, devices).Select(number => DeviceKey.Ed25519(99, "forged", number))];
    }

    /// <summary>The next block's batch, by a member in turn.</summary>
    public Batch[] Next(ForgedChain chain)
    {
        if (_devices.Length == 0)
        {
            return [];
        }

        LedgerState state = chain.Tip.Executed!.State;
        Timestamp now = chain.Tip.Timestamp.Plus(1);
        var entries = new List<LedgerEntry>();
        if (_left < _devices.Length * UnitsPerLease)
        {
            _left += UnitsPerTask;
            var post = new TaskPost(TaskKind.HashChain, Hash256.Of(Nonce()), Steps, Steps, UnitsPerTask, new EnergyScore(0), now.Plus(3_600_000), now, Nonce());
            entries.Add(new LedgerEntry(post.Kind, _requester.Seal(_network, post)));
        }

        foreach (DeviceKey device in _devices)
        {
            EntryPayload next = NextOf(device, state, now);
            _left -= next is LeaseRequest ? UnitsPerLease : 0;
            entries.Add(new LedgerEntry(next.Kind, device.Seal(_network, next)));
        }

        return [chain.Batch((int)(chain.Tip.Ref.Height.Value % 4), [.. entries])];
    }

    public void Dispose()
    {
        _requester.Dispose();
        Array.ForEach(_devices, device => device.Dispose());
    }

    private EntryPayload NextOf(DeviceKey key, LedgerState state, Timestamp now)
    {
        var inception = new Inception(key.PublicKey, null, [TaskKind.HashChain], null);
        DeviceId id = inception.DeviceId();
        if (!state.TryGetDevice(id, out DeviceRecord? record))
        {
            return new DeviceRegistration(inception, Hash256.Of(Nonce()).ToArray(), now);
        }

        if (record.Heartbeats.Count == 0)
        {
            return new Heartbeat(id, now, Nonce(), Plugged);
        }

        return record.Lease is { IsOpen: true } lease ? Prove(id, lease, state, now) : new LeaseRequest(id, UnitsPerLease, now, Nonce());
    }

    private TaskProof Prove(DeviceId id, Lease lease, LedgerState state, Timestamp now)
    {
        int unit = lease.First + lease.Proven.Count;
        Invariant.Check(state.TryGetTask(lease.PostId, out TaskRecord? task));
        TaskResult result = HashChain.Execute(task.Input, (ushort)unit, task.Steps, task.Segment);
        Hash256 taskId = TaskUnit.Id(lease.PostId, (uint)unit);
        byte[] nonce = Nonce();
        return new TaskProof(
            id, taskId, lease.Id, (ushort)unit, now, result.Output, nonce, result.TraceRoot, TaskProof.CheckpointOf(taskId, nonce, result.TraceRoot), 1, task.Steps);
    }

    private byte[] Nonce()
    {
        var nonce = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(nonce, ++_nonces);
        return nonce;
    }
}
