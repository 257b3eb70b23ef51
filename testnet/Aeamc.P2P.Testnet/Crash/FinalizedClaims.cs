using System.Globalization;
using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.DeviceApi.V2;
using Aeamc.P2P.Testnet.Network;

namespace Aeamc.P2P.Testnet.Crash;

/// <summary>Every block that a node has ever called final: none may be gone or another one in the end, on any node.</summary>
public sealed class FinalizedClaims
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<ulong, string> _claims = [];
    private readonly List<string> _violations = [];

    /// <summary>Heights that some node has claimed.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _claims.Count;
            }
        }
    }

    /// <summary>Notes what a node says its last block is.</summary>
    public void Note(int node, NodeStatus status)
    {
        if (status.Height > 0)
        {
            Note(node, status.Height, status.BlockHash);
        }
    }

    /// <summary>Compares every node's chain, at every height, with each other and with every claim.</summary>
    public async Task<IReadOnlyList<string>> CompareAsync(LocalTestnet testnet, CancellationToken cancellation)
    {
        NodeStatus?[] statuses = await testnet.StatusesAsync(cancellation).ConfigureAwait(false);
        ulong head = statuses.Max(status => status?.Height ?? 0);
        int missing = Array.FindIndex(statuses, status => status is null);
        if (missing >= 0)
        {
            return [$"node-{missing} does not answer in the end"];
        }

        for (int node = 0; node < testnet.Count; node++)
        {
            await testnet.WaitForAsync(node, $"the highest block {head}", TimeSpan.FromSeconds(60), status => status.Height >= head, cancellation).ConfigureAwait(false);
        }

        await Parallel.ForEachAsync(
            Heights(head),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellation },
            async (height, stop) =>
            {
                for (int node = 0; node < testnet.Count; node++)
                {
                    BlockReply? block = await testnet.Monitors[node].BlockAsync(height, stop).ConfigureAwait(false);
                    Note(node, height, block?.Hash ?? "none");
                }
            }).ConfigureAwait(false);
        return _violations;
    }

    private static IEnumerable<ulong> Heights(ulong head)
    {
        for (ulong height = 1; height <= head; height++)
        {
            yield return height;
        }
    }

    private void Note(int node, ulong height, string hash)
    {
        lock (_gate)
        {
            if (!_claims.TryAdd(height, hash) && _claims[height] != hash)
            {
                _violations.Add(string.Create(CultureInfo.InvariantCulture, $"node-{node} has block {hash} at height {height}, where {_claims[height]} was final"));
            }
        }
    }
}
