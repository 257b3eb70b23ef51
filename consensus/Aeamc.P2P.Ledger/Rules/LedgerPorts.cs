namespace Aeamc.P2P.Ledger;

/// <summary>What the ledger asks of the world: pure functions whose answers are the same on every node.</summary>
public sealed record LedgerPorts(ISignatureVerdicts Signatures, IKeyRecovery KeyRecovery, IEvidenceVerifier Evidence);
