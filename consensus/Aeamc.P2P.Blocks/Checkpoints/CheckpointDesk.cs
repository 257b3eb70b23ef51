using System.Buffers.Binary;
using Aeamc.P2P.Consensus.Microblocks;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold;
using Aeamc.P2P.Threshold.Group;
using Aeamc.P2P.Threshold.Roast;

namespace Aeamc.P2P.Blocks;

/// <summary>
/// One member's decisions about checkpoints: when it steps in as coordinator, what it signs, and which signed checkpoints it believes. Coordinators step in by
/// rank, the first one at once, so one member's silence delays a checkpoint and never stops it. The host sends, keeps and reads the clock: times are its
/// milliseconds. Not safe for concurrent calls.
/// </summary>
/// <param name="genesis">The network.</param>
/// <param name="self">This member.</param>
/// <param name="stepIn">How long each further coordinator waits for those before it.</param>
/// <param name="group">The curve.</param>
/// <param name="verifier">Checks group signatures.</param>
public sealed class CheckpointDesk(GenesisDocument genesis, NodeIndex self, long stepIn, ISecp256k1Group group, ICheckpointSignatureVerifier verifier) : IDisposable
{
    private SigningShare? _share;
    private RoastSigner? _signer;
    private (Height Height, long Since)? _due;

    /// <summary>The newest co-signed checkpoint; null while there is none.</summary>
    public SignedCheckpoint? Newest { get; private set; }

    /// <summary>What the host has kept from before a restart.</summary>
    public void Load(SignedCheckpoint? newest) => Newest = newest;

    /// <summary>This member can sign from now on.</summary>
    public void UseShare(SigningShare share)
    {
        _share = share;
        _signer?.Dispose();
        _signer = new RoastSigner(group, share);
    }

    /// <summary>A block was committed.</summary>
    public void Follow(FinalizedHead before, FinalizedHead head, long now)
    {
        if (CheckpointRule.IsDue(before.Timestamp, head.Timestamp, head.State.Parameters))
        {
            _due = (head.Height, now);
        }
    }

    /// <summary>The height whose checkpoint this member is to get signed now; null when there is none, or others come first.</summary>
    public Height? Due(long now) =>
        _due is { } due && _share is not null && !(Newest?.Checkpoint.Height >= due.Height) && now - due.Since >= stepIn * RankAt(due.Height) ? due.Height : null;

    /// <summary>Begins to coordinate a height; null when this member cannot know what its checkpoint says.</summary>
    public CheckpointRun? Begin(Height height, FinalizedHead head, Func<Height, MicroblockHeader?> headers) =>
        _share is { } share && CheckpointRule.At(height, genesis, head, headers) is { } checkpoint
            ? new CheckpointRun(checkpoint, new RoastCoordinator(group, share.PublicKey, checkpoint.SigningHash()))
            : null;

    /// <summary>
    /// Signs only what this node itself computes for that height from blocks that it holds as final, and only where a checkpoint is due and
    /// missing: approvals are few, and a member that asks for others must not crowd out the one that is wanted.
    /// </summary>
    /// <param name="coordinator">Who asks, as the transport names it.</param>
    /// <param name="height">The height it names.</param>
    /// <param name="request">Its ROAST request.</param>
    /// <param name="randomness">Fresh random bytes, as <see cref="RoastSigner.Answer"/> takes them.</param>
    /// <param name="head">The chain's head.</param>
    /// <param name="headers">Headers below it.</param>
    /// <returns>The ROAST reply; null when there is nothing to say.</returns>
    public byte[]? Answer(
        NodeIndex coordinator, Height height, ReadOnlySpan<byte> request, ReadOnlySpan<byte> randomness, FinalizedHead head, Func<Height, MicroblockHeader?> headers)
    {
        if (_signer is null || Newest?.Checkpoint.Height >= height || !CheckpointRule.IsDue(height, genesis, head, headers)
            || CheckpointRule.At(height, genesis, head, headers) is not { } checkpoint)
        {
            return null;
        }

        _signer.Approve(checkpoint.SigningHash());
        return _signer.Answer(coordinator, request, randomness);
    }

    /// <summary>Whether a checkpoint is of this network and signed under the group's key; its height may be beyond this node's head.</summary>
    public bool IsSigned(SignedCheckpoint signed, ReadOnlySpan<byte> groupKey) =>
        signed.Checkpoint.NetworkId == genesis.NetworkId && signed.Checkpoint.ClusterId == genesis.ClusterId
        && signed.GroupKey.SequenceEqual(groupKey) && verifier.Verify(groupKey, signed.Checkpoint.SigningHash(), signed.Signature);

    /// <summary>The same, and says of its height what this node's own chain says.</summary>
    public bool IsOurs(SignedCheckpoint signed, ReadOnlySpan<byte> groupKey, FinalizedHead head, Func<Height, MicroblockHeader?> headers) =>
        CheckpointRule.At(signed.Checkpoint.Height, genesis, head, headers) == signed.Checkpoint && IsSigned(signed, groupKey);

    /// <summary>Whether it is newer than the newest.</summary>
    public bool IsNews(SignedCheckpoint signed) => !(Newest?.Checkpoint.Height >= signed.Checkpoint.Height);

    /// <summary>Takes a verified checkpoint if it is newer than the newest: nothing of it or below is signed any more.</summary>
    public bool Take(SignedCheckpoint signed)
    {
        if (!IsNews(signed))
        {
            return false;
        }

        Newest = signed;
        _signer?.Retire(signed.Checkpoint.SigningHash());
        return true;
    }

    /// <summary>Wipes all nonces.</summary>
    public void Dispose()
    {
        _signer?.Dispose();
        _signer = null;
    }

    /// <summary>How many members come before this one as coordinator of a height; the order turns by a hash of the height.</summary>
    private int RankAt(Height height)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, height.Value);
        int members = genesis.Committee.Count;
        int first = (int)(Hash256.Of(bytes).Prefix64 % (ulong)members);
        return (self.Value - first + members) % members;
    }
}

/// <summary>One attempt to get a checkpoint signed.</summary>
/// <param name="Checkpoint">What is signed.</param>
/// <param name="Coordinator">The state of the attempt.</param>
public sealed record CheckpointRun(Checkpoint Checkpoint, RoastCoordinator Coordinator)
{
    /// <summary>The signed checkpoint, once there is one.</summary>
    public SignedCheckpoint? Signed =>
        Coordinator.Signature is { } signature ? new SignedCheckpoint(Checkpoint, signature.ToArray(), Coordinator.Key.GroupKey.ToArray()) : null;
}
