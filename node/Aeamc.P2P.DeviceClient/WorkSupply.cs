using System.Text.Json;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.DeviceClient;

/// <summary>Posts tasks so that devices never run out of work: whenever fewer units wait than asked, another task is posted.</summary>
/// <param name="requester">Who posts.</param>
/// <param name="nodes">Where; the next one when one does not answer.</param>
/// <param name="shape">The tasks' shape.</param>
/// <param name="lowWater">How many units should always wait.</param>
public sealed class WorkSupply(Requester requester, IReadOnlyList<NodeClient> nodes, WorkShape shape, int lowWater)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly List<Hash256> _open = [];
    private int _node;

    /// <summary>Tasks posted so far.</summary>
    public int Posted { get; private set; }

    /// <summary>Tops the queue up until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await TopUpAsync(cancellationToken);
            await Task.Delay(Pause, nodes[0].Time, cancellationToken);
        }
    }

    /// <summary>Posts what is missing now, and waits until it is in a block.</summary>
    public async Task TopUpAsync(CancellationToken cancellationToken)
    {
        for (long waiting = await CountAsync(cancellationToken); waiting < lowWater; waiting += shape.Units)
        {
            NodeClient node = nodes[_node % nodes.Count];
            PostResult result = await requester.PostAsync(node, shape, cancellationToken);
            if (!result.Accepted)
            {
                _node++;
                return;
            }

            Posted++;
            Receipt receipt = await SettleAsync(node, result.Id, cancellationToken);
            if (receipt.Stage != "refused")
            {
                _open.Add(result.Id);
            }
        }
    }

    /// <summary>Units that wait in the tasks posted here; tasks without any are forgotten.</summary>
    private async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        long waiting = 0;
        for (int i = _open.Count - 1; i >= 0; i--)
        {
            JsonElement? task = await nodes[_node % nodes.Count].GetAsync($"/v2/tasks/{_open[i]}", cancellationToken);
            if (task is not { } json)
            {
                // Perhaps only this node is away or behind; another is asked next time.
                _node++;
                continue;
            }

            int available = NodeClient.Text(json, "phase") == "open" ? json.GetProperty("available").GetInt32() : 0;
            waiting += available;
            if (available == 0)
            {
                _open.RemoveAt(i);
            }
        }

        return waiting;
    }

    /// <summary>Waits for the block, but no longer than a node may take to die meanwhile.</summary>
    private static async Task<Receipt> SettleAsync(NodeClient node, Hash256 id, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), node.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await node.WaitForReceiptAsync(id, receipt => receipt.IsSettled, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Receipt("pending", 0, "");
        }
    }
}
