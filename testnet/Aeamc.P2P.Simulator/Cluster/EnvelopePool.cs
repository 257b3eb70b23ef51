namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>One envelope for equal bytes, as long as they are not older than two generations.</summary>
public sealed class EnvelopePool
{
    private const int Generation = 8_192;

    private Dictionary<ulong, Envelope> _young = [];
    private Dictionary<ulong, Envelope> _old = [];

    public Envelope For(byte[] bytes)
    {
        ulong fingerprint = Trace.Fingerprint(bytes);
        if ((_young.TryGetValue(fingerprint, out Envelope? known) || _old.TryGetValue(fingerprint, out known)) && known.Bytes.AsSpan().SequenceEqual(bytes))
        {
            return known;
        }

        if (_young.Count >= Generation)
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
        }

        var envelope = new Envelope(bytes, fingerprint);
        _young[fingerprint] = envelope;
        return envelope;
    }
}
