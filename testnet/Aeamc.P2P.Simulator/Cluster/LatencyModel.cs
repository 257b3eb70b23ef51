namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>One-way delay of every link in microseconds, without the jitter.</summary>
public sealed class LatencyModel
{
    private readonly int[] _oneWay;
    private readonly int _places;

    private LatencyModel(int[] oneWay, int places, string name)
    {
        _oneWay = oneWay;
        _places = places;
        Name = name;
        Largest = oneWay.Max();
    }

    /// <summary>As the command line has it: "50ms" or "wan".</summary>
    public string Name { get; }

    /// <summary>The slowest link, in microseconds.</summary>
    public int Largest { get; }

    /// <summary>The same delay between all.</summary>
    public static LatencyModel Uniform(int microseconds) => new([microseconds], 1, FormattableString.Invariant($"{microseconds / 1000.0}ms"));

    /// <summary>Real delays between the regions of <see cref="WanMatrix"/>; member i lies in region i mod 10.</summary>
    public static LatencyModel Wan()
    {
        int places = WanMatrix.Regions.Count;
        var oneWay = new int[places * places];
        for (int from = 0; from < places; from++)
        {
            for (int to = 0; to < places; to++)
            {
                oneWay[(from * places) + to] = WanMatrix.RoundTripMilliseconds(from, to) * 500;
            }
        }

        return new LatencyModel(oneWay, places, "wan");
    }

    public override string ToString() => Name;

    /// <summary>Microseconds from one member to another.</summary>
    public int OneWay(int from, int to) => _places == 1 ? _oneWay[0] : _oneWay[(from % _places * _places) + (to % _places)];
}
