using System.Globalization;
using Aeamc.P2P.DeviceApi.Gateway;

namespace Aeamc.P2P.Testnet.Network;

/// <summary>Reads one node's event stream from the start of the chain, prints a line for each block and anchor, and counts.</summary>
public sealed class ChainFollower
{
    private readonly Lock _gate = new();
    private readonly NodeMonitor _monitor;
    private readonly Action<string> _print;
    private readonly string _chain;
    private readonly SortedDictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly SortedDictionary<ulong, AnchoredEvent> _anchors = [];
    private ulong _lastHeight;
    private ulong _lastTimestamp;
    private long _proofs;
    private bool _missed;

    /// <param name="monitor">The node.</param>
    /// <param name="chain">Whose anchors count: the chain's name in anchor events.</param>
    /// <param name="print">Takes each line.</param>
    public ChainFollower(NodeMonitor monitor, string chain, Action<string> print)
    {
        _monitor = monitor;
        _chain = chain;
        _print = print;
    }

    /// <summary>Proofs of task in all blocks from the first on; null when a block was missed.</summary>
    public long? ProofsInBlocks
    {
        get
        {
            lock (_gate)
            {
                return _missed ? null : _proofs;
            }
        }
    }

    /// <summary>The anchors on the chain, by ascending height.</summary>
    public IReadOnlyList<AnchoredEvent> Anchors
    {
        get
        {
            lock (_gate)
            {
                return [.. _anchors.Values];
            }
        }
    }

    /// <summary>The highest block seen.</summary>
    public ulong Height
    {
        get
        {
            lock (_gate)
            {
                return _lastHeight;
            }
        }
    }

    /// <summary>From now on proposers are called node-0, node-1, ... in committee order.</summary>
    public void UseNames(IReadOnlyList<MemberStatus> committee)
    {
        lock (_gate)
        {
            for (int i = 0; i < committee.Count; i++)
            {
                _names[committee[i].NodeId] = string.Create(CultureInfo.InvariantCulture, $"node-{i}");
            }
        }
    }

    /// <summary>Follows until cancelled. A stream that breaks is opened again; blocks in between are missed.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await foreach (NodeEvent happened in _monitor.EventsAsync(cancellation).ConfigureAwait(false))
                {
                    Take(happened);
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException)
            {
                // The node is down or not up yet; what it did meanwhile shows as a gap in the heights.
            }

            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Counts and prints one event.</summary>
    internal void Take(NodeEvent happened)
    {
        string? line;
        lock (_gate)
        {
            line = happened switch
            {
                BlockFinalizedEvent block => Block(block),
                AnchoredEvent anchor => Anchor(anchor),
                _ => null,
            };
        }

        if (line is not null)
        {
            _print(line);
        }
    }

    private string? Block(BlockFinalizedEvent block)
    {
        if (block.Height <= _lastHeight)
        {
            return null;
        }

        _missed |= block.Height != _lastHeight + 1;
        _proofs += block.Receipts;
        string interval = _lastTimestamp == 0 || block.Timestamp < _lastTimestamp
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"  +{block.Timestamp - _lastTimestamp} ms");
        _lastHeight = block.Height;
        _lastTimestamp = block.Timestamp;
        string proposer = _names.GetValueOrDefault(block.Proposer) ?? block.Proposer[..Math.Min(8, block.Proposer.Length)];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"block {block.Height,6}  {block.Entries,5} entries  {block.Receipts,5} proofs  view {block.View,6}  {proposer,-8}{interval}");
    }

    private string? Anchor(AnchoredEvent anchor)
    {
        if (anchor.Chain != _chain || !_anchors.TryAdd(anchor.Height, anchor))
        {
            return null;
        }

        string gas = anchor.Gas > 0 ? string.Create(CultureInfo.InvariantCulture, $", gas {anchor.Gas}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"anchor {anchor.Height,5}  on {anchor.Chain}: {anchor.Transaction}{gas}");
    }
}
