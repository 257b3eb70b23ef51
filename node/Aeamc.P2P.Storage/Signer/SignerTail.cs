namespace Aeamc.P2P.Storage.Signer;

/// <summary>
/// The votes that the signer's file holds whole, because the log may not have them on the disk yet: with the log up to <paramref name="Logged"/> they are all that was ever signed.
/// </summary>
/// <param name="Logged">The last vote that the log was known to hold durably; null when it held none. A log without it is not the one that this file was written beside.</param>
/// <param name="Votes">The votes after it, oldest first, in the log's own encoding.</param>
public sealed record SignerTail(SignerMark? Logged, IReadOnlyList<ReadOnlyMemory<byte>> Votes)
{
    /// <summary>The longest vote, in bytes.</summary>
    public const int MaximumVoteBytes = 256;

    /// <summary>The most bytes that all votes may have together; with more the log is synced first.</summary>
    public const int MaximumBytes = 3072;

    /// <summary>Of a key that has signed nothing.</summary>
    public static SignerTail Empty { get; } = new(null, []);

    /// <summary>Whether these votes fit beside what else the file holds. Each has a head of three bytes.</summary>
    public static bool Fits(IReadOnlyList<ReadOnlyMemory<byte>> votes) => votes.Sum(vote => vote.Length + 3) <= MaximumBytes && votes.All(vote => vote.Length <= MaximumVoteBytes);
}
