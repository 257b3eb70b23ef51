using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Evidence;

/// <summary>Evidence that an earlier run stored and this one cannot use.</summary>
/// <param name="Member">Whom it is stored against.</param>
/// <param name="Key">Its name among the store's single values.</param>
/// <param name="Why">What is wrong with it, to be read after "it".</param>
public sealed record UnreadableEvidence(NodeIndex Member, string Key, string Why);
