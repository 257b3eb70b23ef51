namespace Aeamc.P2P.Threshold;

/// <summary>Caps on what a wire message may announce.</summary>
public static class ThresholdLimits
{
    /// <summary>The largest committee a key is shared among.</summary>
    public const int MaxMembers = 256;
}
