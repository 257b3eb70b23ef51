using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Tests;

/// <summary>Hosts on loopback for tests, and waiting for what happens there.</summary>
internal static class TestHost
{
    /// <summary>No test waits longer for anything that should happen at once.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Libp2pHost Create(Func<Libp2pHostOptions, Libp2pHostOptions>? change = null, bool listen = true)
    {
        var options = new Libp2pHostOptions
        {
            Identity = Ed25519PrivateKey.Generate(),
            ListenAddresses = listen ? [Multiaddress.Parse("/ip4/127.0.0.1/tcp/0")] : [],
        };
        return new Libp2pHost(change?.Invoke(options) ?? options);
    }

    public static async Task<Libp2pHost> StartAsync(Func<Libp2pHostOptions, Libp2pHostOptions>? change = null)
    {
        Libp2pHost host = Create(change);
        await host.StartAsync();
        return host;
    }

    /// <summary>Connects the first host to the second and waits until each has identified the other.</summary>
    public static async Task JoinAsync(Libp2pHost from, Libp2pHost to)
    {
        Task there = Identified(from, to.LocalPeer);
        Task back = Identified(to, from.LocalPeer);
        await from.ConnectAsync(to.ListenAddresses[0]).WaitAsync(Patience);
        await Task.WhenAll(there, back).WaitAsync(Patience);
    }

    public static Task Identified(Libp2pHost host, PeerId peer)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.PeerIdentified += info =>
        {
            if (info.Id == peer)
            {
                done.TrySetResult();
            }
        };
        return done.Task;
    }

    /// <summary>Ends when the condition holds. For effects of real sockets, which no test clock can move.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!condition())
        {
            await look.WaitForNextTickAsync(late.Token);
        }
    }
}
