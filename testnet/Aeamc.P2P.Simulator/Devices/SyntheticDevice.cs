using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Devices;

/// <summary>A device of version 2: registers, sends a heartbeat, leases work, proves each unit, and begins again. Each step waits for the block that holds the one before.</summary>
public sealed class SyntheticDevice
{
    private readonly Simulation _simulation;
    private readonly LedgerNetwork _network;
    private readonly NodeId _key;
    private readonly Courier _courier;
    private readonly SplitMix _chance;
    private readonly Inception _inception;
    private ulong _lastTime;
    private LedgerState? _state;

    public SyntheticDevice(Simulation simulation, LedgerNetwork network, NodeId key, Courier courier, SplitMix chance)
    {
        _simulation = simulation;
        _network = network;
        _key = key;
        _courier = courier;
        _chance = chance;
        _inception = new Inception(PublicKey.Of(key), null, [TaskKind.HashChain], null);
        _courier.Refused = GoOnLater;
    }

    public DeviceId Id => _inception.DeviceId();

    public void Start() => GoOn();

    public void Stop() => _courier.Stop();

    /// <summary>An entry is final; goes on when it is this device's.</summary>
    public void Settle(EntryOutcome outcome, LedgerState state)
    {
        _state = state;
        if (_courier.Settle(outcome))
        {
            GoOnLater();
        }
    }

    private void GoOnLater() => _simulation.Clock.After(_simulation.Options.Load == Load.Busy ? 1_000 : 50_000 + _chance.Below(500_000), GoOn);

    /// <summary>The next step, by what the chain says of this device.</summary>
    private void GoOn()
    {
        if (!_courier.IsBusy)
        {
            _courier.Deliver(ToyEntryCrypto.Seal(_network.Genesis.NetworkName, _key, Next()));
        }
    }

    private EntryPayload Next()
    {
        Timestamp now = Now();
        if (_state is null || !_state.TryGetDevice(Id, out DeviceRecord? record))
        {
            return new DeviceRegistration(_inception, Nonce(), now);
        }

        if (record.Heartbeats.Count == 0 || _chance.Permille(100))
        {
            return new Heartbeat(Id, now, Nonce(), new Telemetry(8000, false, 1000, 4500, 50, 10_000));
        }

        return record.Lease is { IsOpen: true } lease ? Prove(lease, now) : new LeaseRequest(Id, 4, now, Nonce());
    }

    /// <summary>The first unit that is not proven, executed; one proof in twenty states a wrong result.</summary>
    private TaskProof Prove(Lease lease, Timestamp now)
    {
        ushort unit = lease.First;
        while (lease.Proven[unit - lease.First])
        {
            unit++;
        }

        Invariant.Check(_state!.TryGetTask(lease.PostId, out TaskRecord? task));
        TaskResult result = HashChain.Execute(task.Input, unit, task.Steps, task.Segment);
        Hash256 output = _chance.Permille(50) ? Hash256.Zero : result.Output;
        Hash256 taskId = TaskUnit.Id(lease.PostId, unit);
        byte[] nonce = Nonce();
        return new TaskProof(Id, taskId, lease.Id, unit, now, output, nonce, result.TraceRoot, TaskProof.CheckpointOf(taskId, nonce, result.TraceRoot), 1, task.Steps);
    }

    private byte[] Nonce() => DeviceFleet.NonceOf(_chance.Next());

    /// <summary>True time, later each time: heartbeats and leases count only in their order.</summary>
    private Timestamp Now()
    {
        _lastTime = Math.Max(_lastTime + 1, _simulation.TrueTime.Milliseconds);
        return new Timestamp(_lastTime);
    }
}
