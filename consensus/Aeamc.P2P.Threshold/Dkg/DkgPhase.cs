namespace Aeamc.P2P.Threshold.Dkg;

/// <summary>Where a key generation stands.</summary>
public enum DkgPhase
{
    /// <summary>Dealings are taken, one per member. Ends when all have dealt or when the host closes it.</summary>
    Dealing,

    /// <summary>Complaints are taken, one message per member. Ends when the host closes it.</summary>
    Complaining,

    /// <summary>The qualified dealers and so the key are fixed; members confirm that they hold their shares.</summary>
    Confirming,

    /// <summary>Enough members have confirmed: the key may be used.</summary>
    Completed,

    /// <summary>Fewer than t dealers qualified. The old key stays, and a new ceremony may start under another context.</summary>
    Failed,
}
