using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Cryptography.Evm;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Anchoring.Evm;

/// <summary>Sends from one wallet, one transaction at a time, and sees to it that each ends up in a block.</summary>
internal sealed class AnchorSender(EvmRpc rpc, AnchorContract contract, EvmWallet wallet, EvmRelayerOptions options)
{
    private const ulong PlainTransferGas = 21_000;
    private const int MaxReplaced = 15;
    private readonly UInt128 _cap = (UInt128)options.MaxFeeGwei * FeePolicy.Gwei;
    private ulong _chainId;
    private PendingAnchor? _pending;

    // An offer that a pool found too low for this nonce: a transaction from before a restart may hold the place.
    private (ulong Nonce, EvmFees Fees)? _refused;

    /// <summary>In wei; null before the first answer.</summary>
    public UInt128? Balance { get; private set; }

    /// <summary>
    /// Looks after the transaction that is on its way. Null when there is none (any more), so that a new one may be sent; else the state.
    /// </summary>
    /// <param name="wanted">The newest checkpoint if the contract's head is below it.</param>
    public async Task<string?> FollowAsync(SignedCheckpoint? wanted, EvmBlock latest, CancellationToken cancellation)
    {
        if (_pending is not { } pending)
        {
            return null;
        }

        foreach (SignedTransaction sent in pending.Sent)
        {
            if (await rpc.ReceiptAsync(sent.Id, cancellation).ConfigureAwait(false) is { } receipt)
            {
                _pending = null;
                if (!receipt.Success)
                {
                    // Another member's came first in the same block, or the contract was paused in between; the head tells what is left to do.
                    options.Log?.Invoke($"{sent.Id} was refused by the contract");
                }

                return null;
            }
        }

        if (await rpc.NonceAsync(wallet.Address, cancellation).ConfigureAwait(false) > pending.Nonce)
        {
            // Somebody else uses this wallet's key.
            options.Log?.Invoke($"nonce {pending.Nonce} of {wallet.Address} was used by a transaction that this node did not send");
            _pending = null;
            return null;
        }

        if (options.Time.GetUtcNow() - pending.SentAt < options.BumpAfter)
        {
            await RebroadcastAsync(pending, cancellation).ConfigureAwait(false);
            return pending.Height is { } height ? $"anchoring height {height} with {pending.Newest.Id}" : $"filling nonce {pending.Nonce} with {pending.Newest.Id}";
        }

        return await BumpAsync(pending, wanted, latest, cancellation).ConfigureAwait(false);
    }

    /// <summary>Sends a checkpoint that the contract's head is below. Gives the state.</summary>
    public async Task<string> SendAsync(SignedCheckpoint signed, EvmBlock latest, CancellationToken cancellation)
    {
        byte[] data = AnchorContract.AnchorCall(signed);
        ulong gas = FeePolicy.WithMargin(await rpc.EstimateGasAsync(wallet.Address, contract.Address, data, cancellation).ConfigureAwait(false));
        ulong nonce = await rpc.NonceAsync(wallet.Address, cancellation).ConfigureAwait(false);
        EvmFees suggested = await FeePolicy.SuggestAsync(rpc, latest, cancellation).ConfigureAwait(false);
        EvmFees? fees = _refused is { } refused && refused.Nonce == nonce
            ? FeePolicy.Replace(refused.Fees, suggested, _cap)
            : FeePolicy.Cap(suggested, latest.BaseFeePerGas, _cap);
        if (fees is not { } offer)
        {
            return $"gas costs more than the configured {options.MaxFeeGwei} gwei; anchoring waits";
        }

        Balance = await rpc.BalanceAsync(wallet.Address, cancellation).ConfigureAwait(false);
        if (Balance < gas * offer.MaxFeePerGas)
        {
            return $"the wallet {wallet.Address} holds {Balance} wei and an anchor may take {gas * offer.MaxFeePerGas}: send it funds";
        }

        return await SubmitAsync(nonce, [], offer, gas, contract.Address, data, signed.Checkpoint.Height, cancellation).ConfigureAwait(false);
    }

    private async Task<string> BumpAsync(PendingAnchor pending, SignedCheckpoint? wanted, EvmBlock latest, CancellationToken cancellation)
    {
        EvmFees suggested = await FeePolicy.SuggestAsync(rpc, latest, cancellation).ConfigureAwait(false);
        if (FeePolicy.Replace(pending.Fees, suggested, _cap) is not { } offer)
        {
            await RebroadcastAsync(pending, cancellation).ConfigureAwait(false);
            return $"{pending.Newest.Id} is in no block at {pending.Fees.MaxFeePerGas} wei and {options.MaxFeeGwei} gwei is the configured most; it waits";
        }

        if (wanted is null)
        {
            // Others have anchored it, but the nonce must be used before the next one can be.
            return await SubmitAsync(pending.Nonce, pending.Sent, offer, PlainTransferGas, wallet.Address, [], null, cancellation).ConfigureAwait(false);
        }

        byte[] data = AnchorContract.AnchorCall(wanted);
        ulong gas = FeePolicy.WithMargin(await rpc.EstimateGasAsync(wallet.Address, contract.Address, data, cancellation).ConfigureAwait(false));
        return await SubmitAsync(pending.Nonce, pending.Sent, offer, gas, contract.Address, data, wanted.Checkpoint.Height, cancellation).ConfigureAwait(false);
    }

    private async Task<string> SubmitAsync(
        ulong nonce, IReadOnlyList<SignedTransaction> replaced, EvmFees fees, ulong gas, EvmAddress to, byte[] data, Height? height, CancellationToken cancellation)
    {
        _chainId = _chainId != 0 ? _chainId : await rpc.ChainIdAsync(cancellation).ConfigureAwait(false);
        SignedTransaction transaction = wallet.Sign(new EvmTransaction(_chainId, nonce, fees, gas, to, Value: 0, data));

        // Remembered before it is sent: an endpoint that fails after it took the transaction must not lead to a second one.
        PendingAnchor? before = _pending;
        _pending = new PendingAnchor(nonce, [.. replaced.TakeLast(MaxReplaced), transaction], fees, options.Time.GetUtcNow(), height);
        try
        {
            await rpc.SendAsync(transaction, cancellation).ConfigureAwait(false);
        }
        catch (EvmRpcException refusal) when (!IsKnown(refusal))
        {
            // What was found too low is what the next offer must exceed.
            bool low = Mentions(refusal, "underpriced");
            _pending = low && before is not null ? before with { Fees = fees } : before;
            if (!low)
            {
                throw;
            }

            _refused = (nonce, fees);
            return $"the pool wants more than {fees.MaxFeePerGas} wei for nonce {nonce}; it is offered more";
        }
        catch (EvmRpcException)
        {
            // It is in the pool already, which is where it should be.
        }

        return height is { } anchored ? $"sent height {anchored} as {transaction.Id}" : $"filling nonce {nonce} with {transaction.Id}";
    }

    // An endpoint may have dropped it, or another one that never saw it may answer now.
    private async Task RebroadcastAsync(PendingAnchor pending, CancellationToken cancellation)
    {
        if (await rpc.KnowsAsync(pending.Newest.Id, cancellation).ConfigureAwait(false))
        {
            return;
        }

        try
        {
            await rpc.SendAsync(pending.Newest, cancellation).ConfigureAwait(false);
        }
        catch (EvmRpcException refusal) when (IsKnown(refusal) || Mentions(refusal, "nonce too low") || Mentions(refusal, "underpriced"))
        {
            // It got there in between, or one of its kin did; the next turn sees which.
            options.Log?.Invoke($"{pending.Newest.Id} again: {refusal.Reason}");
        }
    }

    private static bool IsKnown(EvmRpcException refusal) =>
        Mentions(refusal, "already known") || Mentions(refusal, "known transaction") || Mentions(refusal, "already imported");

    private static bool Mentions(EvmRpcException refusal, string words) => refusal.Reason.Contains(words, StringComparison.OrdinalIgnoreCase);
}
