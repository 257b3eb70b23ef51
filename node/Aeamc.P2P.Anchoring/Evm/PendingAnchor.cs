using Aeamc.P2P.Cryptography.Evm;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Anchoring.Evm;

/// <summary>The one transaction of this wallet that is on its way, with those it has replaced: any of them may end up in a block.</summary>
/// <param name="Nonce">The number that all of them share.</param>
/// <param name="Sent">Oldest first.</param>
/// <param name="Fees">Of the newest.</param>
/// <param name="SentAt">When the newest was sent.</param>
/// <param name="Height">The checkpoint the newest carries; null when it only fills the nonce.</param>
internal sealed record PendingAnchor(ulong Nonce, IReadOnlyList<SignedTransaction> Sent, EvmFees Fees, DateTimeOffset SentAt, Height? Height)
{
    public SignedTransaction Newest => Sent[^1];
}
