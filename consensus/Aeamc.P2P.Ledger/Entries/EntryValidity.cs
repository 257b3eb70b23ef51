namespace Aeamc.P2P.Ledger;

/// <summary>
/// The stateless part of an entry's validity. A block that holds an entry which fails here is invalid, for its leader included what it had not verified;
/// whatever depends on state is refused by <see cref="LedgerMachine"/> without harm to the block.
/// </summary>
public static class EntryValidity
{
    /// <summary>Reads an entry and checks its signature under the key that it names. Evidence is checked apart (<see cref="IsProven"/>).</summary>
    /// <returns><see cref="RefusalCode.None"/>, <see cref="RefusalCode.MalformedEntry"/> or <see cref="RefusalCode.SignatureInvalid"/>.</returns>
    public static RefusalCode Check(EntryDecoder decoder, LedgerEntry entry, ISignatureVerdicts verdicts, out DecodedEntry? decoded) =>
        decoder.TryDecode(entry, out decoded) ? Check(decoded, verdicts) : RefusalCode.MalformedEntry;

    /// <summary>Checks the signature of an entry that was read; Phase-1 kinds, which name no key, pass.</summary>
    public static RefusalCode Check(DecodedEntry entry, ISignatureVerdicts verdicts) =>
        entry.Claim is not { } claim || verdicts.Verify(claim.Algorithm, claim.Key, claim.Message.Span, claim.Signature.Span)
            ? RefusalCode.None
            : RefusalCode.SignatureInvalid;

    /// <summary>
    /// Whether evidence proves what it says, by the epoch's keys alone; true of every other kind. Like a signature, it does not depend on the state, so an
    /// entry that fails makes its block invalid: its leader accused somebody without having checked.
    /// </summary>
    public static bool IsProven(DecodedEntry entry, IEvidenceVerifier verifier) =>
        entry.Payload is not EvidenceReport report || (verifier.TryRead(report.Evidence, out _) && verifier.Verify(report.Evidence));
}
