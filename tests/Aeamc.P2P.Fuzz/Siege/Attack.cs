using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Multistream;
using Aeamc.P2P.Libp2p.Noise;

namespace Aeamc.P2P.Fuzz.Siege;

/// <summary>What becomes of who does it.</summary>
internal enum Outcome
{
    /// <summary>Refused before it has an identity.</summary>
    Refused,

    /// <summary>Disconnected; what was done proves nothing about the identity, or is no more than bad manners.</summary>
    Disconnected,

    /// <summary>Disconnected and banned.</summary>
    Banned,
}

/// <summary>One way to hurt a node over real TCP.</summary>
internal abstract class Attack
{
    /// <summary>Stable, with dashes.</summary>
    public abstract string Name { get; }

    /// <summary>The node must count at least one of these.</summary>
    public abstract IReadOnlyList<string> Reasons { get; }

    public abstract Outcome Outcome { get; }

    /// <summary>How long it takes a node with default limits to notice.</summary>
    public virtual TimeSpan Patience => TimeSpan.Zero;

    /// <summary>Connections at once.</summary>
    public virtual int Workers => 4;

    /// <summary>Attacks until cancelled; whoever is thrown out comes back under another name.</summary>
    public Task RunAsync(AttackContext context, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => WorkAsync(context, new Random(worker), cancellationToken)));

    /// <summary>One connection from its beginning to its end.</summary>
    protected abstract Task OnceAsync(AttackContext context, Random random, CancellationToken cancellationToken);

    private async Task WorkAsync(AttackContext context, Random random, CancellationToken cancellationToken)
    {
        // Faster, attacker and node would only share out this machine's cores between them.
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            try
            {
                await pace.WaitForNextTickAsync(cancellationToken);
                await OnceAsync(context, random, cancellationToken);
                context.CountDisconnect();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or NoiseException or MultistreamException)
            {
                context.CountDisconnect();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}

/// <summary>An attack by a peer that has shaken hands under a fresh identity.</summary>
internal abstract class PeerAttack : Attack
{
    /// <summary>Whether the peer takes what the node sends.</summary>
    protected virtual bool Reads => true;

    protected sealed override async Task OnceAsync(AttackContext context, Random random, CancellationToken cancellationToken)
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        await using RawPeer peer = await RawPeer.ConnectAsync(context.Target, context.NextAddress(), key, cancellationToken, Reads);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task attacking = AttackAsync(peer, context, random, gone.Token);
        await Task.WhenAny(attacking, peer.Closed);
        await gone.CancelAsync();
        try
        {
            await attacking;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The node hung up first.
        }
    }

    /// <summary>Attacks until the connection is closed.</summary>
    protected abstract Task AttackAsync(RawPeer peer, AttackContext context, Random random, CancellationToken cancellationToken);
}
