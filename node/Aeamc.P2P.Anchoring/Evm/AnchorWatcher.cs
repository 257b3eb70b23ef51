using System.Globalization;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Anchoring.Evm;

/// <summary>Reads the contract's events, block range by block range, as far as they are final.</summary>
internal sealed class AnchorWatcher(EvmRpc rpc, AnchorContract contract, EvmRelayerOptions options)
{
    // What public endpoints allow in one query.
    private const ulong MaxRange = 1000;

    private ulong _chainId;
    private ulong? _next;
    private Height? _reported;

    /// <summary>The network of the contract; zero before the first answer.</summary>
    public Hash256 NetworkId { get; private set; }

    /// <summary>The anchors that have become final since the last call, in ascending order. The first call gives the newest of the last blocks only.</summary>
    public async Task<IReadOnlyList<AnchorConfirmation>> ConfirmedAsync(EvmBlock latest, CancellationToken cancellation)
    {
        // A chain without the block that was read as final was started anew.
        if (_next is null || latest.Number + 2 < _next)
        {
            await MeetAsync(cancellation).ConfigureAwait(false);
            _next = null;
        }

        if (latest.Number + 1 < (ulong)options.Confirmations)
        {
            return [];
        }

        ulong final = latest.Number + 1 - (ulong)options.Confirmations;
        bool first = _next is null;
        ulong from = _next ?? (final >= MaxRange ? final - MaxRange + 1 : 0);
        if (from > final)
        {
            return [];
        }

        ulong to = Math.Min(final, from + MaxRange - 1);
        var confirmed = new List<AnchorConfirmation>();
        foreach ((Checkpoint checkpoint, string transaction) in
            await contract.AnchoredAsync(NetworkId, options.ClusterId, from, to, cancellation).ConfigureAwait(false))
        {
            if (_reported is { } reported && checkpoint.Height <= reported)
            {
                continue;
            }

            EvmReceipt receipt = await rpc.ReceiptAsync(transaction, cancellation).ConfigureAwait(false)
                ?? throw new EvmUnavailableException($"the endpoint has the event of {transaction} but not its receipt");
            confirmed.Add(new AnchorConfirmation(
                _chainId.ToString(CultureInfo.InvariantCulture), checkpoint, transaction, receipt.GasUsed, receipt.From == options.Wallet?.Address));
        }

        // Only now: what throws above is read again.
        _next = to + 1;
        if (confirmed.Count > 0)
        {
            _reported = confirmed[^1].Checkpoint.Height;
        }

        return first && confirmed.Count > 1 ? [confirmed[^1]] : confirmed;
    }

    private async Task MeetAsync(CancellationToken cancellation)
    {
        if (!await contract.ExistsAsync(cancellation).ConfigureAwait(false))
        {
            throw new EvmException($"no contract at {contract.Address}: deploy AeamcAnchor or check the address and the chain");
        }

        _chainId = await rpc.ChainIdAsync(cancellation).ConfigureAwait(false);
        NetworkId = await contract.GetNetworkIdAsync(cancellation).ConfigureAwait(false);
    }
}
