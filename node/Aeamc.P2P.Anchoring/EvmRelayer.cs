using System.Buffers.Binary;
using Aeamc.P2P.Anchoring.Evm;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Anchoring;

/// <summary>
/// Brings checkpoints to an AeamcAnchor and watches what the contract holds. Each member runs one, with an account of its own; they take turns in
/// an order drawn from the height, and one steps in when those before it do nothing. What is sent twice does no harm: the contract takes it once.
/// </summary>
/// <remarks>
/// A turn asks the chain, reports what has become final, and sends at most one transaction. Nothing is kept on disk: what there is to do follows
/// from the contract's head and the newest certificate, after a restart and after a reorganisation of the chain too.
/// </remarks>
public sealed class EvmRelayer : IAnchor
{
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(1);

    private readonly EvmRelayerOptions _options;
    private readonly Action<string> _log;
    private readonly EvmRpc _rpc;
    private readonly AnchorContract _contract;
    private readonly AnchorWatcher _watcher;
    private readonly AnchorSender? _sender;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task _work = Task.CompletedTask;
    private SignedCheckpoint? _newest;
    private volatile string _state = "not started";

    // Since when the contract has been behind the newest checkpoint without a step forward; null while it is not.
    private DateTimeOffset? _behindSince;
    private Height _lastHead;

    public EvmRelayer(EvmRelayerOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CommitteeSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(options.Rank.Value, options.CommitteeSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Confirmations, 1);
        _options = options;
        _log = options.Log ?? (_ => { });
        _rpc = new EvmRpc(options.RpcUrls, options.Time);
        _contract = new AnchorContract(_rpc, options.Contract);
        _watcher = new AnchorWatcher(_rpc, _contract, options);
        _sender = options.Wallet is { } wallet ? new AnchorSender(_rpc, _contract, wallet, options) : null;
    }

    public event Action<AnchorConfirmation>? Confirmed;

    public string State => _state;

    /// <summary>What the wallet held when it was last asked, in wei; null without a wallet or before the first answer.</summary>
    public UInt128? WalletBalance => _sender?.Balance;

    public void Start() => _work = Task.Run(() => WorkAsync(_stop.Token));

    public void Offer(SignedCheckpoint newest)
    {
        lock (_gate)
        {
            if (_newest is null || newest.Checkpoint.Height > _newest.Checkpoint.Height)
            {
                _newest = newest;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
        _stop.Dispose();
        _rpc.Dispose();
    }

    /// <summary>One round of work; true when the chain answered.</summary>
    internal async Task<bool> TurnAsync(CancellationToken cancellation)
    {
        try
        {
            EvmBlock latest = await _rpc.LatestBlockAsync(cancellation).ConfigureAwait(false);
            foreach (AnchorConfirmation confirmation in await _watcher.ConfirmedAsync(latest, cancellation).ConfigureAwait(false))
            {
                Report(confirmation);
            }

            Note(await SendAsync(latest, cancellation).ConfigureAwait(false));
            return true;
        }
        catch (EvmRpcException refusal)
        {
            Note(AnchorContract.Explain(refusal));
        }
        catch (EvmException trouble)
        {
            Note(trouble.Message);
        }

        return false;
    }

    private async Task WorkAsync(CancellationToken stop)
    {
        TimeSpan wait = _options.PollInterval;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                bool answered;
                try
                {
                    answered = await TurnAsync(stop).ConfigureAwait(false);
                }
                catch (Exception fault) when (fault is not OperationCanceledException)
                {
                    // The chain is others' work and must never end this one; the fault is told and the next turn starts from the chain's own state.
                    Note($"failed unexpectedly: {fault}");
                    answered = false;
                }

                wait = answered ? _options.PollInterval : wait * 2 < LongestBackoff ? wait * 2 : LongestBackoff;
                await Task.Delay(wait, _options.Time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _state = "stopped";
        }
    }

    private async Task<string> SendAsync(EvmBlock latest, CancellationToken cancellation)
    {
        SignedCheckpoint? newest;
        lock (_gate)
        {
            newest = _newest;
        }

        AnchorHead head = await _contract.GetHeadAsync(_options.ClusterId, cancellation).ConfigureAwait(false);
        bool behind = newest is not null && newest.Checkpoint.Height > head.Height;
        if (_sender is not null && await _sender.FollowAsync(behind ? newest : null, latest, cancellation).ConfigureAwait(false) is { } progress)
        {
            return progress;
        }

        if (newest is null || !behind)
        {
            _behindSince = null;
            return newest is not null && newest.Checkpoint.Height == head.Height && !head.Is(newest.Checkpoint)
                ? $"the contract holds another checkpoint at height {head.Height} than this node: the committee has signed two"
                : $"anchored up to height {head.Height}";
        }

        DateTimeOffset now = _options.Time.GetUtcNow();
        if (_behindSince is null || head.Height != _lastHead)
        {
            (_behindSince, _lastHead) = (now, head.Height);
        }

        if (_sender is null)
        {
            return $"anchored up to height {head.Height}; without a wallet, others anchor height {newest.Checkpoint.Height}";
        }

        if (newest.Checkpoint.NetworkId != _watcher.NetworkId)
        {
            return $"the contract at {_contract.Address} is another network's";
        }

        DateTimeOffset due = _behindSince.Value + Position(newest.Checkpoint.Height, _options.Rank, _options.CommitteeSize) * _options.StepInInterval;
        return now < due
            ? $"anchored up to height {head.Height}; another member's turn for height {newest.Checkpoint.Height}"
            : await _sender.SendAsync(newest, latest, cancellation).ConfigureAwait(false);
    }

    /// <summary>How many members come before this one for a height: the draw is the same on every node and spreads the cost evenly.</summary>
    internal static int Position(Height height, NodeIndex rank, int committeeSize)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, height.Value);
        int first = (int)(Hash256.Of(bytes).Prefix64 % (ulong)committeeSize);
        return (rank.Value - first + committeeSize) % committeeSize;
    }

    private void Report(AnchorConfirmation confirmation)
    {
        try
        {
            Confirmed?.Invoke(confirmation);
        }
        catch (Exception fault)
        {
            _log($"A listener failed on the anchor at height {confirmation.Checkpoint.Height}: {fault}");
        }
    }

    private void Note(string state)
    {
        if (state != _state)
        {
            _state = state;
            _log(state);
        }
    }
}
