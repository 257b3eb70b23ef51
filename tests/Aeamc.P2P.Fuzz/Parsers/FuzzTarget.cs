namespace Aeamc.P2P.Fuzz.Parsers;

/// <summary>A parser that a stranger can reach.</summary>
/// <param name="Name">Stable, with dashes.</param>
/// <param name="Seeds">Valid inputs, from which the mutations start.</param>
/// <param name="Tokens">Byte strings that mean something to the parser.</param>
/// <param name="Run">Parses an input. Whatever is thrown is a finding; so is a value that does not come back from its own encoding.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, IReadOnlyList<byte[]> Tokens, Action<byte[]> Run)
{
    /// <summary>Whether the seeds are protobuf messages, whose structure mutations can keep.</summary>
    public bool IsProtobuf { get; init; }

    /// <summary>Asserts inside <see cref="Run"/>.</summary>
    /// <exception cref="FuzzException">The claim does not hold.</exception>
    public static void Require(bool holds, string claim)
    {
        if (!holds)
        {
            throw new FuzzException(claim);
        }
    }
}

/// <summary>A parser broke its promise on an input.</summary>
internal sealed class FuzzException(string claim) : Exception(claim);
