using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Records;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>Identify and its push.</summary>
internal static class IdentifyTarget
{
    private const int MaxProtocols = 256;
    private const int MaxAddresses = 32;

    private static readonly string[] Outcomes = [FuzzTarget.Taken, "identify-malformed", "identify-wrong-key", "identify-bad-record"];
    private static readonly byte[] Sound = new IdentifyGrammar().Sound(new Random(2)).Bytes;

    public static FuzzTarget Target { get; } = new("identify", [.. Enumerable.Range(0, 4).Select(i => new IdentifyGrammar().Sound(new Random(i)).Bytes)], [], Run) { Grammar = new IdentifyGrammar() };

    private static string Run(byte[] input)
    {
        var fresh = new IdentifyTaker();
        string outcome = FuzzTarget.Named(fresh.Take(input, push: false), Outcomes);
        FuzzTarget.Require((fresh.Identity is null) == (outcome is "identify-malformed" or "identify-wrong-key"), "who is thrown out has said nothing");
        Bounded(fresh.Identity);

        // A push says what has changed: what it does not say stays.
        var pushed = new IdentifyTaker();
        pushed.Take(Sound, push: false);
        PeerIdentity before = pushed.Identity!;
        pushed.Take(input, push: true);
        PeerIdentity after = pushed.Identity!;
        Bounded(after);
        if (fresh.Identity is not { } said)
        {
            FuzzTarget.Require(after == before, "who is thrown out has changed nothing");
            return outcome;
        }

        FuzzTarget.Require(after.Protocols.SequenceEqual(said.Protocols.Count > 0 ? said.Protocols : before.Protocols), "a push without protocols leaves them");
        ReadOnlyMemory<byte>? record = said.SignedPeerRecord ?? before.SignedPeerRecord;
        FuzzTarget.Require(after.SignedPeerRecord.HasValue == record.HasValue && after.SignedPeerRecord.GetValueOrDefault().Span.SequenceEqual(record.GetValueOrDefault().Span), "a push without a record leaves it");
        return outcome;
    }

    private static void Bounded(PeerIdentity? identity)
    {
        if (identity is null)
        {
            return;
        }

        FuzzTarget.Require(identity.AgentVersion.Length <= IdentifyTaker.MaxText && identity.ProtocolVersion.Length <= IdentifyTaker.MaxText, "names are cut");
        FuzzTarget.Require(identity.Protocols.Count <= MaxProtocols && identity.ListenAddresses.Count <= MaxAddresses, "lists are cut");
        FuzzTarget.Require(
            identity.SignedPeerRecord is not { } kept || (SignedPeerRecord.TryOpen(kept.Span, out SignedPeerRecord? record) && record.Peer == PeerRecordGrammar.Signer), "a record that is kept is the peer's");
    }
}
