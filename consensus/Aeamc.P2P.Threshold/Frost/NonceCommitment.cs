namespace Aeamc.P2P.Threshold.Frost;

/// <summary>The public half of a member's nonce pair (RFC 9591, 5.1).</summary>
/// <param name="Member">Whose nonces they are.</param>
/// <param name="Hiding">D = d * G.</param>
/// <param name="Binding">E = e * G.</param>
public readonly record struct NonceCommitment(NodeIndex Member, CurvePoint Hiding, CurvePoint Binding);
