using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Devices;

/// <summary>Devices with keys of their own and one requester, whose entries go to random nodes over links as bad as the nodes' own. They follow the chain by its first commits.</summary>
public sealed class DeviceFleet
{
    private const ushort UnitsPerTask = 32;

    private readonly Simulation _simulation;
    private readonly List<SyntheticDevice> _devices = [];
    private readonly Courier _requester;
    private ulong _tasks;

    public DeviceFleet(Simulation simulation, LedgerNetwork network)
    {
        _simulation = simulation;
        SplitMix chance = simulation.Chance.Fork();
        _requester = new Courier(simulation, chance.Fork());
        for (int i = 0; i < simulation.Options.Devices; i++)
        {
            var key = new NodeId(Hash256.Of([(byte)'d', .. BitConverter.GetBytes(i)]).ToArray());
            _devices.Add(new SyntheticDevice(simulation, network, key, new Courier(simulation, chance.Fork()), chance.Fork()));
        }
    }

    /// <summary>Work of the shape that devices here do; sealed by the requester.</summary>
    public static TaskPost NewTask(Timestamp now, ulong number) => new(
        TaskKind.HashChain, Hash256.Of(BitConverter.GetBytes(number)), 4, 2, UnitsPerTask, new EnergyScore(0), now.Plus(86_400_000), now, NonceOf(number));

    /// <summary>16 bytes that tell two entries apart.</summary>
    public static byte[] NonceOf(ulong number) => [.. BitConverter.GetBytes(number), .. new byte[8]];

    /// <summary>Entries keep coming until <see cref="Stop"/>.</summary>
    public void Start()
    {
        _simulation.Clock.After(0, PostTask);
        foreach (SyntheticDevice device in _devices)
        {
            _simulation.Clock.After(0, device.Start);
        }
    }

    /// <summary>No new entries.</summary>
    public void Stop()
    {
        _requester.Stop();
        _devices.ForEach(device => device.Stop());
    }

    /// <summary>A block is final somewhere for the first time.</summary>
    public void OnBlock(BlockResult result)
    {
        foreach (EntryOutcome outcome in result.Outcomes)
        {
            _requester.Settle(outcome);
            _devices.ForEach(device => device.Settle(outcome, result.State));
        }

        if (!result.State.TasksWithWork.Any())
        {
            PostTask();
        }
    }

    private void PostTask()
    {
        if (!_requester.IsBusy)
        {
            _requester.Deliver(ToyEntryCrypto.Seal("simulation", LedgerNetwork.Requester, NewTask(_simulation.TrueTime, ++_tasks)));
        }
    }
}
