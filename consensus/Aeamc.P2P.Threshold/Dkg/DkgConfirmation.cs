namespace Aeamc.P2P.Threshold.Dkg;

/// <summary>A member's word that it holds a share of this key.</summary>
/// <param name="GroupKey">The key derived from the log.</param>
/// <param name="Transcript">The hash of the parameters and of all qualified dealings.</param>
public readonly record struct DkgConfirmation(CurvePoint GroupKey, Hash256 Transcript);
