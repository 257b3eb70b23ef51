using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Blocks;

/// <summary>The ledger's port to the consensus core's evidence, for the one epoch whose committee the verifier knows.</summary>
public sealed class LedgerEvidenceVerifier(MessageVerifier verifier) : IEvidenceVerifier
{
    public bool TryRead(ReadOnlySpan<byte> evidence, out Offence offence)
    {
        offence = default;
        if (!EquivocationEvidence.TryDecode(evidence, out EquivocationEvidence? decoded)
            || decoded.Epoch != verifier.Domain.Epoch
            || !verifier.Committee.Contains(decoded.Offender))
        {
            return false;
        }

        offence = new Offence(verifier.Committee[decoded.Offender], KindOf(decoded.Kind), decoded.Epoch, decoded.View);
        return true;
    }

    public bool Verify(ReadOnlySpan<byte> evidence) =>
        EquivocationEvidence.TryDecode(evidence, out EquivocationEvidence? decoded) && decoded.Verify(verifier) == VerificationResult.Valid;

    /// <summary>The ledger's name for what the core saw.</summary>
    public static OffenceKind KindOf(EquivocationKind kind) => kind switch
    {
        EquivocationKind.TwoNotarizes => OffenceKind.TwoNotarizes,
        EquivocationKind.TwoFinalizes => OffenceKind.TwoFinalizes,
        EquivocationKind.NullifyAndFinalize => OffenceKind.NullifyAndFinalize,
        _ => throw Invariant.Fail($"no offence for {kind}"),
    };
}
