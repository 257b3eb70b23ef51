using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Hosting;

/// <summary>Keeps one bootstrap peer connected: dials, waits until the connection is lost, and dials again with doubling, jittered pauses.</summary>
internal sealed class BootstrapKeeper
{
    private readonly Libp2pHost _host;
    private readonly ConnectionTable _table;
    private readonly Libp2pLimits _limits;
    private readonly Chance _chance;
    private readonly Action<Libp2pLogLevel, string> _log;

    public BootstrapKeeper(Libp2pHost host, ConnectionTable table, Libp2pLimits limits, Chance chance, Action<Libp2pLogLevel, string> log)
    {
        _host = host;
        _table = table;
        _limits = limits;
        _chance = chance;
        _log = log;
    }

    /// <summary>Runs until the host stops.</summary>
    public async Task RunAsync(Multiaddress address, CancellationToken stopping)
    {
        int failures = 0;
        bool told = false;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                PeerId peer = await _host.ConnectAsync(address, stopping).ConfigureAwait(false);
                long since = _host.Time.GetTimestamp();
                told = false;
                await WhenGoneAsync(peer, stopping).ConfigureAwait(false);

                // A peer that accepts and leaves at once does not earn a fresh start.
                if (_host.Time.GetElapsedTime(since) > _limits.RedialMaximum)
                {
                    failures = 0;
                }
            }
            catch (Libp2pException e) when (e.Error is Libp2pError.SelfDial)
            {
                // A common bootstrap list names us too.
                return;
            }
            catch (Libp2pException e)
            {
                // One line per outage, not one per attempt.
                _log(told ? Libp2pLogLevel.Debug : Libp2pLogLevel.Information, $"bootstrap peer {address} is not reachable: {e.Message}");
                told = true;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            failures++;
            await PauseAsync(_chance.Backoff(failures, _limits.RedialMinimum, _limits.RedialMaximum), stopping).ConfigureAwait(false);
        }
    }

    private async Task WhenGoneAsync(PeerId peer, CancellationToken stopping)
    {
        if (_table.Find(peer) is { } entry)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(entry.Gone.Token, stopping);
            var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using (either.Token.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), gone))
            {
                await gone.Task.ConfigureAwait(false);
            }
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken stopping) =>
        await Task.Delay(pause, _host.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
