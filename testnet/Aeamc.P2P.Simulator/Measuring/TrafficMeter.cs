using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Measuring;

/// <summary>
/// Messages and bytes. A message is needed when it tells its receiver something: the first copy of a vote, a proposal, a request or an answer, or a
/// certificate that the receiver does not hold. Everything else is duplicate.
/// </summary>
public sealed class TrafficMeter
{
    public long Messages { get; private set; }

    public long Bytes { get; private set; }

    public long ReceivedBytes { get; private set; }

    public long DuplicateBytes { get; private set; }

    /// <summary>Received over needed bytes; 1 is the least.</summary>
    public double DuplicationRatio => ReceivedBytes == DuplicateBytes ? 1 : (double)ReceivedBytes / (ReceivedBytes - DuplicateBytes);

    public void OnSent(Envelope envelope)
    {
        Messages++;
        Bytes += envelope.Bytes.Length;
    }

    public void OnReceived(Envelope envelope, bool duplicate)
    {
        ReceivedBytes += envelope.Bytes.Length;
        DuplicateBytes += duplicate ? envelope.Bytes.Length : 0;
    }
}
