using System.Diagnostics.CodeAnalysis;

namespace Aeamc.P2P.Ledger;

/// <summary>
/// Port: the P-256 keys under which an ECDSA signature over known bytes verifies (SEC 1, 4.1.6, with SHA-256). Phase-1 devices never send their key; two
/// signatures leave one. A pure function of its arguments.
/// </summary>
public interface IKeyRecovery
{
    /// <summary>False when the signature fits no key; otherwise both candidates, in ascending order.</summary>
    /// <param name="message">The signed bytes, not yet hashed.</param>
    /// <param name="derSignature">The signature in strict DER (<see cref="StrictDer"/>).</param>
    /// <param name="keys">The two candidates.</param>
    bool TryRecover(ReadOnlySpan<byte> message, ReadOnlySpan<byte> derSignature, [NotNullWhen(true)] out RecoveredKeys? keys);
}

/// <summary>The two keys that one signature leaves possible.</summary>
public sealed record RecoveredKeys(PublicKey First, PublicKey Second)
{
    /// <summary>Whether <paramref name="key"/> is one of the two.</summary>
    public bool Contains(PublicKey key) => First == key || Second == key;
}
