namespace Aeamc.P2P.Ledger;

/// <summary>Port: the consensus core's evidence, which the ledger stores and cannot read. Both are pure functions of their arguments.</summary>
public interface IEvidenceVerifier
{
    /// <summary>Reads what evidence says was done, believing nothing yet: costs no signature check.</summary>
    /// <param name="evidence">The evidence as the consensus core encodes it.</param>
    /// <param name="offence">Who did what, and when.</param>
    /// <returns>False when it is not the canonical encoding of two statements that exclude each other, or not of a known epoch's committee.</returns>
    bool TryRead(ReadOnlySpan<byte> evidence, out Offence offence);

    /// <summary>Whether both signatures are the offender's.</summary>
    /// <param name="evidence">Evidence that <see cref="TryRead"/> reads.</param>
    bool Verify(ReadOnlySpan<byte> evidence);
}
