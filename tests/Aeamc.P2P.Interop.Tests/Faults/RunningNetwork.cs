namespace Aeamc.P2P.Interop.Tests.Faults;

/// <summary>One network for all tests of a class.</summary>
public sealed class RunningNetwork : IAsyncLifetime
{
    private TestNetwork? _network;

    public TestNetwork Network => _network ?? throw new InvalidOperationException("The network was not started.");

    public async ValueTask InitializeAsync() => _network = await TestNetwork.StartAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _network?.DisposeAsync() ?? ValueTask.CompletedTask;
}
