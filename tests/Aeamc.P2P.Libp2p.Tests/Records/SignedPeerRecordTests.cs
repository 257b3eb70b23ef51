using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Records;

namespace Aeamc.P2P.Libp2p.Tests.Records;

public class SignedPeerRecordTests
{
    private static readonly Multiaddress Address = Multiaddress.Parse("/ip4/10.0.0.1/tcp/4001");

    [Fact]
    public void A_record_round_trips()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromSeed(new byte[32]);
        byte[] envelope = SignedPeerRecord.Seal(key, 7, [Address, Address.WithPeer(PeerId.FromNodeId(key.PublicKey))]);
        Assert.True(SignedPeerRecord.TryOpen(envelope, out SignedPeerRecord? record));
        Assert.Equal(PeerId.FromNodeId(key.PublicKey), record.Peer);
        Assert.Equal(7UL, record.Sequence);
        Assert.Equal([Address, Address], record.Addresses);
    }

    [Fact]
    public void A_changed_byte_anywhere_is_noticed()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromSeed(new byte[32]);
        byte[] envelope = SignedPeerRecord.Seal(key, 7, [Address]);
        for (int i = 0; i < envelope.Length; i++)
        {
            byte[] forged = [.. envelope];
            forged[i] ^= 0x01;
            Assert.False(SignedPeerRecord.TryOpen(forged, out _), $"byte {i}");
        }
    }

    [Fact]
    public void The_form_of_the_specification_is_read_as_well_as_that_of_go_and_js()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        byte[] record = [0x0A, PeerId.Size, .. PeerId.FromNodeId(key.PublicKey).ToArray(), 0x10, 9];
        byte[] type = [.. "/libp2p/routing-state-record"u8];
        Assert.True(SignedPeerRecord.TryOpen(SignedEnvelope.Seal(key, "libp2p-routing-state", type, record), out SignedPeerRecord? opened));
        Assert.Equal(9UL, opened.Sequence);
        // Each domain goes with its own payload type only.
        Assert.False(SignedPeerRecord.TryOpen(SignedEnvelope.Seal(key, "libp2p-routing-state", [3, 1], record), out _));
        Assert.False(SignedPeerRecord.TryOpen(SignedEnvelope.Seal(key, "libp2p-peer-record", type, record), out _));
    }

    [Fact]
    public void Nobody_speaks_for_another_peer()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        using Ed25519PrivateKey other = Ed25519PrivateKey.Generate();
        byte[] record = [0x0A, PeerId.Size, .. PeerId.FromNodeId(other.PublicKey).ToArray(), 0x10, 1];
        Assert.False(SignedPeerRecord.TryOpen(SignedEnvelope.Seal(key, SignedPeerRecord.Domain, [3, 1], record), out _));
        Assert.True(SignedPeerRecord.TryOpen(SignedEnvelope.Seal(other, SignedPeerRecord.Domain, [3, 1], record), out _));
        Assert.False(SignedPeerRecord.TryOpen(SignedEnvelope.Seal(other, "another-domain", [3, 1], record), out _));
        Assert.False(SignedPeerRecord.TryOpen(SignedEnvelope.Seal(other, SignedPeerRecord.Domain, [3, 2], record), out _));
        Assert.False(SignedPeerRecord.TryOpen(new byte[SignedEnvelope.MaxLength + 1], out _));
    }
}
