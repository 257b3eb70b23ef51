using Aeamc.P2P.Consensus.Proofs;

namespace Aeamc.P2P.Anchoring;

/// <summary>
/// A place outside the network where co-signed checkpoints are written down. Anchoring never slows consensus: <see cref="Offer"/> returns at once,
/// and a place that is down is retried for as long as it takes.
/// </summary>
public interface IAnchor : IAsyncDisposable
{
    /// <summary>One line for an operator: what it is doing, or what is wrong and how to mend it.</summary>
    string State { get; }

    /// <summary>
    /// Raised once for each anchored checkpoint that has become final here, in ascending order of height, on a thread of the anchor's own.
    /// Checkpoints which a newer one overtook before they were sent are not reported.
    /// </summary>
    event Action<AnchorConfirmation>? Confirmed;

    /// <summary>Starts working in the background. Called once.</summary>
    void Start();

    /// <summary>Hands over the newest certificate. Takes no time and may be called from any thread, before <see cref="Start"/> too.</summary>
    void Offer(SignedCheckpoint newest);
}
