using System.Security.Cryptography;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Fuzz.Parsers.Libp2p;
using Aeamc.P2P.Fuzz.Parsers.MessagePack;
using Aeamc.P2P.Libp2p.Discovery;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Records;

namespace Aeamc.P2P.Fuzz.Parsers;

/// <summary>Records of peers, as others pass them on and as the disk gives them back.</summary>
internal static class DiscoveryTargets
{
    private static readonly Ed25519PrivateKey Key = Ed25519PrivateKey.FromSeed(new byte[32]);

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("peer-record", [Record()], [], RunRecord) { Grammar = new PeerRecordGrammar() },
        new("peer-record-signed", [Payload()], [Multiaddress.Parse("/ip4/1.2.3.4/tcp/1").ToArray()], RunSigned),
        new("peer-exchange", Exchanges(), [], RunExchange) { Grammar = new MessagePackGrammar(Exchanges()) },
        new("address-book", [Book()[..^32]], [], RunBook) { Grammar = new MessagePackGrammar([Book()[..^32]]) },
    ];

    public static byte[] Record() => SignedPeerRecord.Seal(Key, 7, [Multiaddress.Parse("/ip4/1.2.3.4/tcp/4001"), Multiaddress.Parse("/dns4/example.org/tcp/1")]);

    private static byte[] Payload() =>
        SignedEnvelope.TryOpen(Record(), SignedPeerRecord.Domain, [3, 1], out _, out ReadOnlyMemory<byte> payload) ? payload.ToArray() : [];

    private static byte[][] Exchanges() => [PeerExchange.EncodeRequest(16), PeerExchange.EncodeResponse([Record(), Record()])];

    private static byte[] Book() => AddressBookFile.Encode(
    [
        new KnownPeer(PeerId.FromNodeId(Key.PublicKey)) { Addresses = [Multiaddress.Parse("/ip4/1.2.3.4/tcp/4001")], Record = Record(), Learned = DateTimeOffset.UnixEpoch.AddYears(50) },
        new KnownPeer(PeerId.FromPublicKey(new byte[32])) { Addresses = [Multiaddress.Parse("/ip6/2a00::1/tcp/1")], Reached = DateTimeOffset.UnixEpoch.AddYears(51), Failures = 3 },
    ]);

    private static string RunRecord(byte[] input)
    {
        if (!SignedPeerRecord.TryOpen(input, out SignedPeerRecord? record))
        {
            return FuzzTarget.Refused;
        }

        // Whatever is accepted was signed by the one key there is.
        FuzzTarget.Require(record.Peer == PeerId.FromNodeId(Key.PublicKey) && record.Addresses.Count <= SignedPeerRecord.MaxAddresses, "a record speaks for its signer, within bounds");
        FuzzTarget.Require(
            SignedPeerRecord.TryOpen(SignedPeerRecord.Seal(Key, record.Sequence, record.Addresses), out SignedPeerRecord? again)
                && again.Sequence == record.Sequence && again.Addresses.SequenceEqual(record.Addresses.Select(address => address.WithPeer(null))),
            "a record comes back when it is sealed again");
        return FuzzTarget.Taken;
    }

    // A signature does not make the payload sound: here every payload is signed.
    private static void RunSigned(byte[] input)
    {
        if (SignedPeerRecord.TryOpen(SignedEnvelope.Seal(Key, SignedPeerRecord.Domain, [3, 1], input), out SignedPeerRecord? record))
        {
            FuzzTarget.Require(record.Peer == PeerId.FromNodeId(Key.PublicKey) && record.Addresses.Count <= SignedPeerRecord.MaxAddresses, "a record speaks for its signer, within bounds");
        }
    }

    private static void RunExchange(byte[] input)
    {
        if (PeerExchange.TryDecodeRequest(input, out int count))
        {
            FuzzTarget.Require(PeerExchange.EncodeRequest(count).AsSpan().SequenceEqual(input), "a request has one form");
        }

        if (PeerExchange.TryDecodeResponse(input, out List<(SignedPeerRecord Record, ReadOnlyMemory<byte> Envelope)>? records, out int forged))
        {
            FuzzTarget.Require(records.Count + forged <= PeerExchange.MaxRecords, "no more records than allowed");
        }
    }

    private static void RunBook(byte[] input)
    {
        if (AddressBookFile.TryDecode([.. input, .. SHA256.HashData(input)], out List<KnownPeer>? peers))
        {
            FuzzTarget.Require(AddressBookFile.TryDecode(AddressBookFile.Encode(peers), out List<KnownPeer>? again) && again.Count == peers.Count, "a book comes back");
        }
    }
}
