using Aeamc.P2P.Consensus.Votes;

namespace Aeamc.P2P.Consensus.Safety;

/// <summary>
/// What a key's own file tells of its votes, apart from the log. The file is written before a vote leaves and the log may be written after: with the log up to
/// <paramref name="Logged"/>, <paramref name="Unlogged"/> are all votes that were ever sent.
/// </summary>
/// <param name="Highest">The highest vote; null when the key has never voted, or the file is absent.</param>
/// <param name="Logged">The last vote that the log was known to hold; null when it held none. A log without it is an older one, and what was voted since is not known.</param>
/// <param name="Unlogged">The votes after it, oldest first.</param>
public sealed record SignerMemory(Watermark? Highest, Watermark? Logged, IReadOnlyList<Statement> Unlogged)
{
    /// <summary>Of a key that has never voted.</summary>
    public static SignerMemory None { get; } = new(null, null, []);

    /// <summary>Of a file that was written after the log was synced: its mark must be in the log.</summary>
    public static SignerMemory Of(Watermark? mark) => new(mark, mark, []);
}
