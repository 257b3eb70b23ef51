using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Ledger;

/// <summary>Port: whether bytes prove that a committee member signed two statements that exclude each other. A pure function of its arguments.</summary>
public interface IEvidenceVerifier
{
    /// <summary>Reads and checks evidence.</summary>
    /// <param name="evidence">The evidence as the consensus core encodes it.</param>
    /// <param name="offender">Whose signatures contradict each other.</param>
    /// <param name="offence">
    /// What makes the offence one and the same however it is reported: a digest of epoch, view and offender, not of the evidence bytes.
    /// </param>
    bool TryVerify(ReadOnlySpan<byte> evidence, out NodeId offender, out Hash256 offence);
}
