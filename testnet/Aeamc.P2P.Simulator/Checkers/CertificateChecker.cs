using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Simulator.Cluster;

namespace Aeamc.P2P.Simulator.Checkers;

/// <summary>
/// Every certificate that an honest member sends, makes or takes stands by itself; no view has both a nullification and a finalization, nor two notarized blocks; and every
/// view that a committed block skips has a nullification.
/// </summary>
public sealed class CertificateChecker(Simulation simulation)
{
    private readonly Dictionary<View, Seen> _views = [];

    public List<string> Violations { get; } = [];

    /// <summary>A certificate that was sent or taken. One that does not stand counts against an honest holder, and for nothing when a liar sends it.</summary>
    public void Add(NodeIndex holder, bool honest, Certificate certificate)
    {
        if (Stands(certificate))
        {
            Note(certificate);
        }
        else if (honest)
        {
            Violations.Add($"member {holder} holds {certificate.Statement}, which does not stand by itself");
        }
    }

    public void OnCommit(NodeIndex node, BlockRef block)
    {
        for (ulong skipped = block.ParentView.Value + 1; skipped < block.View.Value; skipped++)
        {
            if (!_views.TryGetValue(new View(skipped), out Seen? seen) || !seen.Nullified)
            {
                Violations.Add($"member {node} committed {block}, which skips view {skipped} without a nullification");
            }
        }
    }

    private void Note(Certificate certificate)
    {
        if (!_views.TryGetValue(certificate.View, out Seen? seen))
        {
            _views[certificate.View] = seen = new Seen();
        }

        if (!seen.Known.Add((certificate.Kind, certificate.Block.Hash)))
        {
            return;
        }

        Hash256 hash = certificate.Block.Hash;
        switch (certificate.Kind)
        {
            case VoteKind.Nullify:
                seen.Nullified = true;
                break;
            case VoteKind.Notarize when seen.Notarized is { } other && other != hash:
                Violations.Add($"two notarizations in view {certificate.View}");
                break;
            case VoteKind.Notarize:
                seen.Notarized = hash;
                break;
            case VoteKind.Finalize:
                seen.Finalized = true;
                break;
            default:
                Violations.Add($"certificate of kind {certificate.Kind}");
                break;
        }

        if (seen is { Nullified: true, Finalized: true })
        {
            Violations.Add($"nullification and finalization in view {certificate.View}");
        }
    }

    /// <summary>Counts and checks the signatures by hand, with the quorum written out again.</summary>
    private bool Stands(Certificate certificate)
    {
        int members = simulation.Committee.Count;
        if (certificate.Statement.Epoch != simulation.Epoch || certificate.Signers.Bytes.Length != (members + 7) / 8)
        {
            return false;
        }

        byte[] message = simulation.Domain.Message(certificate.Statement);
        int signers = 0;
        for (ushort i = 0; i < members; i++)
        {
            if ((certificate.Signers.Bytes[i / 8] >> (i % 8) & 1) == 0)
            {
                continue;
            }

            if (certificate.Signatures.Length < 64 * (signers + 1))
            {
                return false;
            }

            ReadOnlySpan<byte> signature = certificate.Signatures.Span.Slice(64 * signers, 64);
            if (ToySignatures.Sign(simulation.Committee[new NodeIndex(i)], message) != new VoteSignature(signature))
            {
                return false;
            }

            signers++;
        }

        // Fewer than a third of the members may be missing: 3 * (n - signers) < n.
        return 3 * (members - signers) < members && certificate.Signatures.Length == 64 * signers;
    }

    private sealed class Seen
    {
        public HashSet<(VoteKind, Hash256)> Known { get; } = [];

        public Hash256? Notarized { get; set; }

        public bool Nullified { get; set; }

        public bool Finalized { get; set; }
    }
}
