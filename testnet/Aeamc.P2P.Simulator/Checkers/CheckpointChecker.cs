using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Application;
using Aeamc.P2P.Simulator.Cluster;
using Aeamc.P2P.Threshold.Group;
using Aeamc.P2P.Threshold.Roast;

namespace Aeamc.P2P.Simulator.Checkers;

/// <summary>
/// Every checkpoint that an honest member holds verifies under the group's key by other code than made it and says what the chain says; one height has one; every due one, or a later one, is signed within
/// <see cref="SimulationOptions.SigningBound"/> of the calm; and no honest member signs twice with one nonce.
/// </summary>
public sealed class CheckpointChecker(Simulation simulation, LedgerNetwork network)
{
    private readonly SortedDictionary<Height, Checkpoint> _signed = [];
    private readonly HashSet<Hash256> _verified = [];
    private readonly Dictionary<(int Endpoint, string Nonce), Hash256> _spent = [];
    private readonly List<Due> _dues = [];

    public List<string> Violations { get; } = [];

    /// <summary>Checkpoints signed.</summary>
    public int Signed => _signed.Count;

    /// <summary>Whether a checkpoint is due that neither is signed nor made up for by a later one.</summary>
    public bool IsOpen => _dues.Count > 0;

    /// <summary>A block that is to be checkpointed is final somewhere for the first time.</summary>
    public void OnDue(Height height, long now) => _dues.Add(new Due(height, now));

    /// <summary>A member has committed a block, and knows from then on whether it is due.</summary>
    public void OnCommit(SimulatedNode node, Height height) => _dues.Find(due => due.Height == height)?.Known.Add(node.Endpoint);

    /// <summary>That is not kept over a restart: when nobody knows it any more, the next due one makes up for it.</summary>
    public void OnCrash(SimulatedNode node) => _dues.RemoveAll(due => due.Known.Remove(node.Endpoint) && due.Known.Count == 0);

    public void OnSigned(SimulatedNode node, SignedCheckpoint signed, Hash256? block, Hash256? state)
    {
        Checkpoint checkpoint = signed.Checkpoint;
        if (_verified.Add(Hash256.Of([.. checkpoint.SigningHash().ToArray(), .. signed.Signature]))
            && (!signed.GroupKey.SequenceEqual(network.Signing!.GroupKey) || !SchnorrCheck.Verify(network.Signing.GroupKey, checkpoint.SigningHash().ToArray(), signed.Signature)))
        {
            Violations.Add($"member {node.Index} holds a checkpoint of height {checkpoint.Height} that the group's key did not sign");
            return;
        }

        _dues.RemoveAll(due => due.Height <= checkpoint.Height);
        if (!_signed.TryAdd(checkpoint.Height, checkpoint) && _signed[checkpoint.Height] != checkpoint)
        {
            Violations.Add($"two checkpoints of height {checkpoint.Height} are signed");
        }

        if ((block is { } hash && hash != checkpoint.BlockHash) || (state is { } root && root != checkpoint.StateRoot) || checkpoint.NetworkId != network.Genesis.NetworkId)
        {
            Violations.Add($"the checkpoint of height {checkpoint.Height} is not the chain's");
        }
    }

    /// <summary>A signer has answered.</summary>
    public void OnReply(SimulatedNode node, ReadOnlySpan<byte> request, ReadOnlySpan<byte> reply)
    {
        ISecp256k1Group group = network.Signing!.Group;
        if (reply.Length == 0 || !RoastReply.TryDecode(group, node.Index, reply, out RoastReply? decoded) || decoded is not RoastReply.Signed
            || !RoastRequest.TryDecode(group, network.Signing.Key.Threshold, request, out RoastRequest? asked) || asked is not RoastRequest.Sign sign)
        {
            return;
        }

        // A share is a function of nonce, message and the list of commitments: the same request may be answered again.
        string nonce = sign.Commitments.First(commitment => commitment.Member == node.Index).Hiding.ToString();
        Hash256 session = Hash256.Of(request);
        if (!_spent.TryAdd((node.Endpoint, nonce), session) && _spent[(node.Endpoint, nonce)] != session)
        {
            Violations.Add($"honest member {node.Index} signed twice with one nonce");
        }
    }

    /// <summary>The time is over for what was due long enough.</summary>
    public void OnEnd(long now)
    {
        foreach (Due due in _dues)
        {
            long waited = now - Math.Max(due.At, simulation.CalmAt);
            if (waited >= simulation.Options.SigningBound * 1000)
            {
                Violations.Add($"the checkpoint of height {due.Height}, due since {due.At / 1000} ms, is not signed after {waited / 1000} ms");
            }
        }
    }

    /// <param name="Height">The block.</param>
    /// <param name="At">When it was final somewhere.</param>
    private sealed record Due(Height Height, long At)
    {
        /// <summary>Who knows of it, by endpoint.</summary>
        public SortedSet<int> Known { get; } = [];
    }
}
