namespace Aeamc.P2P.Libp2p.Hosting;

/// <summary>The host's only source of chance, for jitter and for choosing among peers: seeded in tests. Safe for many threads.</summary>
internal sealed class Chance(Random random)
{
    private readonly Lock _gate = new();

    /// <summary>In [0, 1).</summary>
    public double NextDouble()
    {
        lock (_gate)
        {
            return random.NextDouble();
        }
    }

    /// <summary>In [0, <paramref name="limit"/>).</summary>
    public int Next(int limit)
    {
        lock (_gate)
        {
            return random.Next(limit);
        }
    }

    /// <summary>Between half and one and a half times <paramref name="mean"/>: peers that failed together do not come back together.</summary>
    public TimeSpan Jitter(TimeSpan mean) => mean * (0.5 + NextDouble());

    /// <summary>Puts a list into random order.</summary>
    public void Shuffle<T>(IList<T> list)
    {
        for (int i = list.Count - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (list[i], list[j]) = (list[j], list[i]);
        }
    }

    /// <summary>The pause after so many failures in a row: doubled each time up to a maximum, then jittered.</summary>
    public TimeSpan Backoff(int failures, TimeSpan minimum, TimeSpan maximum)
    {
        TimeSpan pause = minimum;
        for (int i = 1; i < failures && pause < maximum; i++)
        {
            pause *= 2;
        }

        return Jitter(pause < maximum ? pause : maximum);
    }
}
