using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceClient;

/// <summary>Posts tasks with an account key that the network's genesis lists.</summary>
/// <param name="key">The account.</param>
/// <param name="network">The network's name.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Where inputs and nonces come from.</param>
public sealed class Requester(DeviceKey key, string network, TimeProvider time, Random random)
{
    private readonly Lock _gate = new();

    /// <summary>Posts a hash-chain task with a new input.</summary>
    /// <returns>The result, whose id is the task's.</returns>
    public async Task<PostResult> PostAsync(NodeClient node, WorkShape shape, CancellationToken cancellationToken)
    {
        var now = new Timestamp((ulong)time.GetUtcNow().ToUnixTimeMilliseconds());
        var input = new byte[Hash256.Size];
        var nonce = new byte[16];
        lock (_gate)
        {
            random.NextBytes(input);
            random.NextBytes(nonce);
        }

        var post = new TaskPost(
            TaskKind.HashChain,
            new Hash256(input),
            shape.Steps,
            shape.Segment,
            shape.Units,
            new EnergyScore(shape.MinimumScore),
            now.Plus((ulong)shape.Deadline.TotalMilliseconds),
            now,
            nonce);
        return (await node.PostAsync("/v2/tasks", key.Seal(network, post), cancellationToken)).Result;
    }
}

/// <summary>The shape of posted tasks.</summary>
public sealed record WorkShape
{
    /// <summary>Units of one task.</summary>
    public ushort Units { get; init; } = 1024;

    /// <summary>Steps of one unit.</summary>
    public uint Steps { get; init; } = 2048;

    /// <summary>Steps between two states of the trace.</summary>
    public uint Segment { get; init; } = 256;

    /// <summary>The least energy score, in ten-thousandths.</summary>
    public ushort MinimumScore { get; init; }

    /// <summary>From the post to its deadline.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromHours(1);
}
