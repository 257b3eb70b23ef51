using Aeamc.P2P.Consensus.Proofs;

namespace Aeamc.P2P.Blocks;

/// <summary>The newest snapshot that proves itself, out of what the members offer.</summary>
public sealed class SnapshotChoice(ChainContext context, IFinalizationVerifier finalizations)
{
    private int _without;

    /// <summary>The best offer so far.</summary>
    public SnapshotProof? Best { get; private set; }

    /// <summary>Whether so many members have none that one of them is honest: then the chain is short.</summary>
    public bool IsNone => Best is null && _without > context.Committee.Count - context.Committee.Quorum;

    /// <summary>Takes one member's answer; false when it disproves itself.</summary>
    public bool Take(SyncStatus status, ReadOnlySpan<byte> answer)
    {
        if (status != SyncStatus.Answered)
        {
            _without += status == SyncStatus.Refused ? 1 : 0;
            return true;
        }

        if (!SnapshotProof.TryDecode(answer, out SnapshotProof? proof) || proof.Verify(context.Genesis.ClusterId, finalizations) != ProofVerdict.Valid)
        {
            return false;
        }

        Best = Best is { } best && best.Height >= proof.Height ? best : proof;
        return true;
    }
}
