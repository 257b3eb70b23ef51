using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Cryptography.Verification;

/// <summary>The ledger's port for the keys of Phase-1 phones. Without state; safe for use from several threads.</summary>
public sealed class KeyRecovery : IKeyRecovery
{
    /// <inheritdoc/>
    public bool TryRecover(ReadOnlySpan<byte> message, ReadOnlySpan<byte> derSignature, [NotNullWhen(true)] out RecoveredKeys? keys)
    {
        IReadOnlyList<byte[]> candidates = P256Recovery.Recover(message, derSignature);
        keys = null;
        if (candidates.Count != 2)
        {
            return false;
        }

        Invariant.Check(PublicKey.TryParse(candidates[0], out PublicKey first) & PublicKey.TryParse(candidates[1], out PublicKey second));
        keys = first < second ? new RecoveredKeys(first, second) : new RecoveredKeys(second, first);
        return true;
    }
}
