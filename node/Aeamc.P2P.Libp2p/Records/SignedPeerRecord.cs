using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Records.Wire;
using Google.Protobuf;

namespace Aeamc.P2P.Libp2p.Records;

/// <summary>A peer's own statement of its addresses (libp2p specs, RFC 0003), which others may pass on.</summary>
/// <param name="Peer">Who states it; the envelope's signer.</param>
/// <param name="Sequence">A later statement has a larger one.</param>
/// <param name="Addresses">The TCP addresses in it; others are left out.</param>
public sealed record SignedPeerRecord(PeerId Peer, ulong Sequence, IReadOnlyList<Multiaddress> Addresses)
{
    /// <summary>The signature's domain, as go and js peers have it.</summary>
    public const string Domain = "libp2p-peer-record";

    /// <summary>The signature's domain as RFC 0003 and rust peers have it.</summary>
    public const string SpecifiedDomain = "libp2p-routing-state";

    /// <summary>More addresses than this are not looked at.</summary>
    public const int MaxAddresses = 32;

    // The multicodec 0x0301 as two bytes, which is what go and js peers write (its uvarint would be 81 06).
    private static ReadOnlySpan<byte> PayloadType => [0x03, 0x01];

    // What RFC 0003 says and rust peers write.
    private static ReadOnlySpan<byte> SpecifiedPayloadType => "/libp2p/routing-state-record"u8;

    /// <summary>Makes our own record.</summary>
    public static byte[] Seal(Ed25519PrivateKey key, ulong sequence, IEnumerable<Multiaddress> addresses)
    {
        var record = new PeerRecord { PeerId = ByteString.CopyFrom(PeerId.FromNodeId(key.PublicKey).ToArray()), Seq = sequence };
        record.Addresses.AddRange(addresses.Take(MaxAddresses).Select(address =>
            new PeerRecord.Types.AddressInfo { Multiaddr = ByteString.CopyFrom(address.WithPeer(null).ToArray()) }));
        return SignedEnvelope.Seal(key, Domain, PayloadType, record.ToByteArray());
    }

    /// <summary>
    /// Reads and checks a record in either of the two forms in use; false when the envelope does not hold or speaks of another peer than its signer.
    /// </summary>
    public static bool TryOpen(ReadOnlySpan<byte> envelope, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SignedPeerRecord? record)
    {
        record = null;
        // The payload type is compared first, so at most one signature is checked.
        if (!SignedEnvelope.TryOpen(envelope, Domain, PayloadType, out PeerId signer, out ReadOnlyMemory<byte> payload)
            && !SignedEnvelope.TryOpen(envelope, SpecifiedDomain, SpecifiedPayloadType, out signer, out payload))
        {
            return false;
        }

        PeerRecord wire;
        try
        {
            wire = PeerRecord.Parser.ParseFrom(payload.Span);
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }

        if (!PeerId.TryRead(wire.PeerId.Span, out PeerId peer) || peer != signer)
        {
            return false;
        }

        var addresses = new List<Multiaddress>();
        foreach (PeerRecord.Types.AddressInfo info in wire.Addresses.Take(MaxAddresses))
        {
            if (Multiaddress.TryRead(info.Multiaddr.Span, out Multiaddress? address))
            {
                addresses.Add(address);
            }
        }

        record = new SignedPeerRecord(peer, wire.Seq, addresses);
        return true;
    }
}
