namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): the simulation's only source of chance, so that a seed repeats a run exactly.</summary>
public sealed class SplitMix(ulong seed)
{
    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        unchecked
        {
            ulong z = _state += 0x9e3779b97f4a7c15;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return z ^ (z >> 31);
        }
    }

    /// <summary>A number in [0, bound); 0 when the bound is not positive. Bias is below 2^-32 for the bounds used here.</summary>
    public int Below(int bound) => bound <= 0 ? 0 : (int)(Next() % (ulong)bound);

    /// <summary>True this many times in a thousand.</summary>
    public bool Permille(int chance) => chance > 0 && Below(1000) < chance;

    /// <summary>A generator of its own, so that one part's draws do not shift another's.</summary>
    public SplitMix Fork() => new(Next());
}
