namespace Aeamc.P2P.Cryptography.Keys;

/// <summary>What one guess at a keystore's password costs: Argon2id passes over memory, one lane (RFC 9106).</summary>
/// <param name="Passes">Passes over the memory, 1 to <see cref="MaximumPasses"/>.</param>
/// <param name="MemoryKiB">Memory in KiB, 8 to <see cref="MaximumMemoryKiB"/>.</param>
public readonly record struct KeystoreCost(uint Passes, uint MemoryKiB)
{
    public const uint MaximumPasses = 64;
    public const uint MinimumMemoryKiB = 8;
    public const uint MaximumMemoryKiB = 1024 * 1024;

    /// <summary>64 MiB, 3 passes: RFC 9106's second recommendation, about a fifth of a second.</summary>
    public static KeystoreCost Standard => new(3, 64 * 1024);

    /// <summary>The least there is: for tests alone.</summary>
    public static KeystoreCost Minimal => new(1, MinimumMemoryKiB);

    /// <summary>Whether both figures are within the bounds; a file that asks for more is refused before any memory is taken.</summary>
    public bool IsValid => Passes is >= 1 and <= MaximumPasses && MemoryKiB is >= MinimumMemoryKiB and <= MaximumMemoryKiB;
}
