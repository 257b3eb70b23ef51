namespace Aeamc.P2P.Simulator.Measuring;

/// <summary>Exact quantiles of samples in microseconds.</summary>
public sealed class Quantiles
{
    private readonly List<long> _samples = [];
    private bool _sorted;

    public int Count => _samples.Count;

    public void Add(long sample)
    {
        _samples.Add(sample);
        _sorted = false;
    }

    /// <summary>The sample that this share (0 to 1) of all samples does not exceed, in milliseconds; 0 without samples.</summary>
    public double Milliseconds(double share)
    {
        if (_samples.Count == 0)
        {
            return 0;
        }

        if (!_sorted)
        {
            _samples.Sort();
            _sorted = true;
        }

        int at = Math.Clamp((int)Math.Ceiling(share * _samples.Count) - 1, 0, _samples.Count - 1);
        return _samples[at] / 1000.0;
    }
}
