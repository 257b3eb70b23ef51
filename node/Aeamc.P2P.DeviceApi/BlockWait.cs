using Aeamc.P2P.DeviceApi.Gateway;
using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.DeviceApi;

/// <summary>Waits for what a later block brings.</summary>
internal sealed class BlockWait(INodeGateway gateway, TimeSpan limit)
{
    /// <summary>Looks at the state now and after every block; null when the time is over first.</summary>
    public async Task<T?> UntilAsync<T>(Func<LedgerState, T?> look, CancellationToken cancellationToken)
        where T : class
    {
        using var timeout = new CancellationTokenSource(limit, gateway.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        while (true)
        {
            LedgerState state = gateway.State;
            if (look(state) is { } found)
            {
                return found;
            }

            try
            {
                await gateway.WaitForBlockAboveAsync(state.Height, either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }
    }
}
