namespace Aeamc.P2P.Consensus.Votes;

/// <summary>A message whose signatures have been checked. Only <see cref="MessageVerifier"/> makes one, so the core cannot be fed less.</summary>
public sealed class Verified<T>
    where T : ConsensusMessage
{
    internal Verified(T message) => Message = message;

    /// <summary>The message.</summary>
    public T Message { get; }
}
