using System.Buffers.Binary;
using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Hosting;

/// <summary>The ledger's port to the consensus core's evidence.</summary>
public sealed class LedgerEvidenceVerifier(MessageVerifier verifier) : IEvidenceVerifier
{
    public bool TryVerify(ReadOnlySpan<byte> evidence, out NodeId offender, out Hash256 offence)
    {
        offender = default;
        offence = default;
        if (!EquivocationEvidence.TryDecode(evidence, out EquivocationEvidence? decoded) || decoded.Verify(verifier) != VerificationResult.Valid)
        {
            return false;
        }

        offender = verifier.Committee[decoded.Offender];
        Span<byte> what = stackalloc byte[8 + 8 + NodeId.Size];
        BinaryPrimitives.WriteUInt64BigEndian(what, decoded.Epoch.Value);
        BinaryPrimitives.WriteUInt64BigEndian(what[8..], decoded.View.Value);
        offender.CopyTo(what[16..]);
        offence = Hash256.Of(what);
        return true;
    }
}
