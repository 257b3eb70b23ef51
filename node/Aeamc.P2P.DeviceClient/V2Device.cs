using System.Text.Json;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceClient;

/// <summary>
/// A reference device of version 2: registers, sends heartbeats, takes work, really executes it, proves it, and checks its receipts itself. Any node will
/// do for any call. Not for several threads at a time.
/// </summary>
/// <param name="key">The device's key.</param>
/// <param name="network">The network's name, part of every signature.</param>
/// <param name="time">The device's clock.</param>
/// <param name="random">Where nonces come from; seeded, a run repeats.</param>
/// <param name="v1Id">The Phase-1 identity whose history goes on, or null.</param>
public sealed class V2Device(DeviceKey key, string network, TimeProvider time, Random random, DeviceId? v1Id = null)
{
    private const int NonceSize = 16;

    private readonly Inception _inception = new(key.PublicKey, null, [TaskKind.HashChain], v1Id);
    private ulong _lastTime;

    /// <summary>The identity.</summary>
    public DeviceId Id => _inception.DeviceId();

    /// <summary>The device's key.</summary>
    public DeviceKey Key => key;

    /// <summary>Makes the device known. Sent again it is refused with <c>device_exists</c>, which is as good.</summary>
    public async Task<PostResult> RegisterAsync(NodeClient node, CancellationToken cancellationToken)
    {
        if (await node.ChallengeAsync(cancellationToken) is not { } challenge)
        {
            return new PostResult(false, default, PostResult.Unreachable, $"{node.Node} does not answer.", null);
        }

        return await PostAsync(node, "/v2/devices", new DeviceRegistration(_inception, challenge, Now()), cancellationToken);
    }

    /// <summary>Sends a Proof of Availability.</summary>
    public Task<PostResult> HeartbeatAsync(NodeClient node, Telemetry telemetry, CancellationToken cancellationToken) =>
        PostAsync(node, "/v2/heartbeats", new Heartbeat(Id, Now(), Nonce(), telemetry), cancellationToken);

    /// <summary>Asks for up to <paramref name="count"/> units of work; the node answers after the block that decides.</summary>
    public async Task<LeaseResult> LeaseAsync(NodeClient node, ushort count, CancellationToken cancellationToken)
    {
        byte[] envelope = key.Seal(network, new LeaseRequest(Id, count, Now(), Nonce()));
        (PostResult result, JsonElement body) = await node.PostAsync("/v2/leases", envelope, cancellationToken);
        return new LeaseResult(result.Accepted ? ReadLease(body) : null, result);
    }

    /// <summary>Executes one leased unit and states its result.</summary>
    public TaskProof Execute(DeviceLease lease, ushort unit)
    {
        long started = time.GetTimestamp();
        TaskResult result = HashChain.Execute(lease.Input, unit, lease.Steps, lease.Segment);
        ulong elapsed = (ulong)time.GetElapsedTime(started).TotalMilliseconds;
        Hash256 taskId = TaskUnit.Id(lease.Post, unit);
        byte[] nonce = Nonce();
        return new TaskProof(
            Id,
            taskId,
            lease.Id,
            unit,
            Now(),
            result.Output,
            nonce,
            result.TraceRoot,
            TaskProof.CheckpointOf(taskId, nonce, result.TraceRoot),
            elapsed,
            lease.Steps);
    }

    /// <summary>Sends a Proof of Task.</summary>
    public Task<PostResult> ProveAsync(NodeClient node, TaskProof proof, CancellationToken cancellationToken) =>
        PostAsync(node, "/v2/proofs", proof, cancellationToken);

    /// <summary>
    /// Checks that an entry of this device is under a checkpoint that the trusted group signed, believing no node: the proof must also be for the entry
    /// that was asked for.
    /// </summary>
    public static async Task<ProofVerdict> VerifyReceiptAsync(
        NodeClient node, Hash256 id, TrustAnchor trust, ICheckpointSignatureVerifier signatures, CancellationToken cancellationToken)
    {
        if (await node.ProofAsync(id, cancellationToken) is not { } proof)
        {
            return ProofVerdict.CheckpointMissing;
        }

        return EntryIdOf(proof) == id ? proof.VerifyCheckpointed(trust, signatures) : ProofVerdict.EntryNotInBlock;
    }

    /// <summary>The id of the entry that a proof is about; zero when it is none that can be read.</summary>
    private static Hash256 EntryIdOf(ReceiptProof proof)
    {
        var entry = new LedgerEntry((EntryKind)proof.Entry.Kind, proof.Entry.Bytes);

        // The name serves the signed message only, which is not looked at here.
        return new EntryDecoder("any").TryDecode(entry, out DecodedEntry? decoded) ? decoded.Id : default;
    }

    private async Task<PostResult> PostAsync(NodeClient node, string path, EntryPayload payload, CancellationToken cancellationToken) =>
        (await node.PostAsync(path, key.Seal(network, payload), cancellationToken)).Result;

    private byte[] Nonce()
    {
        var nonce = new byte[NonceSize];
        random.NextBytes(nonce);
        return nonce;
    }

    /// <summary>The clock, later each time: the ledger takes heartbeats and lease requests only in their order.</summary>
    private Timestamp Now()
    {
        _lastTime = Math.Max(_lastTime + 1, (ulong)time.GetUtcNow().ToUnixTimeMilliseconds());
        return new Timestamp(_lastTime);
    }

    internal static DeviceLease? ReadLease(JsonElement body)
    {
        if (!Hash256.TryParse(NodeClient.Text(body, "id"), out Hash256 id)
            || !Hash256.TryParse(NodeClient.Text(body, "post"), out Hash256 post)
            || !Hash256.TryParse(NodeClient.Text(body, "input"), out Hash256 input)
            || NodeClient.Text(body, "kind") != "hash-chain"
            || !body.GetProperty("first").TryGetUInt16(out ushort first)
            || !body.GetProperty("count").TryGetUInt16(out ushort count)
            || !body.GetProperty("steps").TryGetUInt32(out uint steps)
            || !body.GetProperty("segment").TryGetUInt32(out uint segment)
            || !body.GetProperty("expires").TryGetUInt64(out ulong expires))
        {
            return null;
        }

        return new DeviceLease(id, post, first, count, input, steps, segment, new Timestamp(expires));
    }
}
