namespace Aeamc.P2P.Fuzz.Parsers;

/// <summary>A parser that a stranger can reach.</summary>
/// <param name="Name">Stable, with dashes.</param>
/// <param name="Seeds">Valid inputs, from which the mutations of bytes start.</param>
/// <param name="Tokens">Byte strings that mean something to the parser.</param>
/// <param name="Run">
/// Parses an input and gives the name of what came of it, a refusal's for example; "" where there is none. Whatever is thrown is a finding; so is a value that
/// does not come back from its own encoding.
/// </param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, IReadOnlyList<byte[]> Tokens, Func<byte[], string> Run)
{
    /// <summary>What <see cref="Run"/> gives for what is taken.</summary>
    public const string Taken = "taken";

    /// <summary>What <see cref="Run"/> gives for a refusal that has no name of its own.</summary>
    public const string Refused = "refused";

    /// <summary>A parser whose outcomes have no names.</summary>
    public FuzzTarget(string name, IReadOnlyList<byte[]> seeds, IReadOnlyList<byte[]> tokens, Action<byte[]> run)
        : this(name, seeds, tokens, input =>
        {
            run(input);
            return "";
        })
    {
    }

    /// <summary>The structure of its inputs; null when only bytes are mutated.</summary>
    public Grammar? Grammar { get; init; }

    /// <summary>Asserts inside <see cref="Run"/>.</summary>
    /// <exception cref="FuzzException">The claim does not hold.</exception>
    public static void Require(bool holds, string claim)
    {
        if (!holds)
        {
            throw new FuzzException(claim);
        }
    }

    /// <summary>Requires that a refusal has one of the names that are documented, and gives it.</summary>
    /// <exception cref="FuzzException">It has another.</exception>
    public static string Named(string refusal, IReadOnlyCollection<string> names)
    {
        Require(names.Contains(refusal), $"no refusal is called '{refusal}'");
        return refusal;
    }
}

/// <summary>A parser broke its promise on an input.</summary>
internal sealed class FuzzException(string claim) : Exception(claim);
