using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;
using Aeamc.P2P.Threshold.Frost;
using Aeamc.P2P.Threshold.Roast;

namespace Aeamc.P2P.Simulator.Signing;

/// <summary>Checkpoints at one node: the daemon's <see cref="CheckpointDesk"/> over the simulated network, with nonces drawn from the seed.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Its node never ends but by a crash, which disposes of what it holds.")]
public sealed class SigningDesk(Simulation simulation, LedgerNetwork network, SimulatedNode node, Func<FinalizedHead> head)
{
    private CheckpointDesk? _desk;
    private CheckpointRun? _run;

    /// <summary>The newest signed checkpoint, encoded; null when there is none.</summary>
    public byte[]? Newest => _desk?.Newest is { } newest ? Encode(newest) : null;

    private long Now => simulation.Clock.Now / 1000;

    public void Start()
    {
        if (network.Signing is not { } signing)
        {
            return;
        }

        _desk = new CheckpointDesk(network.Genesis, node.Index, simulation.Options.StepIn, signing.Group, signing);
        _desk.UseShare(signing.ShareOf(node.Index));
        if (node.Disk.Checkpoints.Count > 0)
        {
            _desk.Load(Decode(node.Disk.Checkpoints.Values.Last()));
        }

        Tick();
    }

    /// <summary>The nonces are gone.</summary>
    public void Crash()
    {
        _desk?.Dispose();
        _desk = null;
        _run = null;
    }

    public void Follow(FinalizedHead before, FinalizedHead after) => _desk?.Follow(before, after, Now);

    /// <summary>A signer's answer; null to say nothing.</summary>
    public byte[]? Answer(NodeIndex from, byte[] request)
    {
        if (_desk is null || !CheckpointRequest.TryDecode(request, out Height height, out ReadOnlySpan<byte> roast))
        {
            return null;
        }

        if (_desk.Newest is { } newest && newest.Checkpoint.Height >= height)
        {
            // The daemon's gossip would have brought it there.
            node.SendCheckpoint(from, Encode(newest));
            return null;
        }

        byte[]? reply = _desk.Answer(from, height, roast, Randomness(), head(), node.Disk.HeaderAt);
        if (reply is not null && node.IsHonest)
        {
            simulation.Checks.OnSigningReply(node, roast, reply);
        }

        return reply;
    }

    /// <summary>A peer has spread one.</summary>
    public void Receive(ReadOnlyMemory<byte> bytes)
    {
        if (_desk is not null && Decode(bytes) is { } signed && (_desk.IsSigned(signed, network.Signing!.GroupKey) || simulation.Options.AcceptsForgeries))
        {
            Take(signed);
        }
        else
        {
            simulation.Refused++;
        }
    }

    private void Tick()
    {
        if (_run is null && !simulation.Options.CoordinatesNothing && _desk?.Due(Now) is { } height && _desk.Begin(height, head(), node.Disk.HeaderAt) is { } run)
        {
            _run = run;
            node.Later(simulation.Options.SigningPatience * 1000, () => _run = _run == run ? null : _run);
            Send(run, run.Coordinator.Outstanding());
        }

        node.Later(simulation.Options.Core.NetworkDelay * 500L, Tick);
    }

    private void Send(CheckpointRun run, IReadOnlyList<RoastOutgoing> requests)
    {
        foreach (RoastOutgoing outgoing in requests)
        {
            byte[] request = CheckpointRequest.Encode(run.Checkpoint.Height, outgoing.Request.Encode());
            if (outgoing.To == node.Index)
            {
                node.Later(0, () => Take(run, node.Index, Answer(node.Index, request)));
            }
            else
            {
                node.Ask(outgoing.To, RequestKind.Sign, request, (status, bytes) => Take(run, outgoing.To, status == SyncStatus.Answered ? bytes.ToArray() : null));
            }
        }
    }

    private void Take(CheckpointRun run, NodeIndex from, byte[]? reply)
    {
        if (_run != run || reply is null)
        {
            return;
        }

        IReadOnlyList<RoastOutgoing> next = run.Coordinator.Receive(from, reply).Outgoing;
        if (run.Signed is { } signed)
        {
            _run = null;
            if (Take(signed))
            {
                node.SpreadCheckpoint(Encode(signed));
            }
        }
        else
        {
            Send(run, next);
        }
    }

    private bool Take(SignedCheckpoint signed)
    {
        if (_desk?.Take(signed) != true)
        {
            return false;
        }

        node.Disk.Checkpoints[signed.Checkpoint.Height] = Encode(signed);
        simulation.Checks.OnCheckpoint(node, signed);
        return true;
    }

    private byte[] Randomness()
    {
        var bytes = new byte[SigningNonce.RandomnessSize];
        if (!simulation.Options.RepeatsNonces)
        {
            for (int i = 0; i < bytes.Length; i += sizeof(ulong))
            {
                BitConverter.TryWriteBytes(bytes.AsSpan(i), node.Draw());
            }
        }

        return bytes;
    }

    private static byte[] Encode(SignedCheckpoint signed)
    {
        var buffer = new ArrayBufferWriter<byte>(384);
        var writer = new MessagePackWriter(buffer);
        signed.Encode(ref writer);
        return buffer.WrittenSpan.ToArray();
    }

    private static SignedCheckpoint? Decode(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes.Span);
        return SignedCheckpoint.TryDecode(ref reader, out SignedCheckpoint? signed) && reader.End ? signed : null;
    }
}
