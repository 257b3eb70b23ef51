using Aeamc.P2P.Libp2p.Noise;

namespace Aeamc.P2P.Libp2p.Tests.Noise;

/// <summary>The published vectors of Noise_XX_25519_ChaChaPoly_SHA256 that the Noise libraries share: empty payloads, payloads, a prologue.</summary>
public class NoiseHandshakeStateTests
{
    private const string InitiatorStatic = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private const string ResponderStatic = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
    private const string InitiatorEphemeral = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";
    private const string ResponderEphemeral = "4142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f60";

    [Theory]
    [InlineData(
        "",
        "",
        "358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254",
        "64b101b1d0be5a8704bd078f9895001fc03e8e9f9522f188dd128d9846d484663414af878d3e46a2f58911a816d6e8346d4ea17a6f2a0bb4ef4ed56c133cff4560a34e36ea82109f26cf2e5a5caf992b608d55c747f615e5a3425a7a19eefb8f",
        "87f864c11ba449f46a0a4f4e2eacbb7b0457784f4fca1937f572c93603e9c4d97e5ea11b16f3968710b23a3be3202dc1b5e1ce3c963347491e74f5c0768a9b42")]
    [InlineData(
        "",
        "test_msg_",
        "358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254746573745f6d73675f30",
        "64b101b1d0be5a8704bd078f9895001fc03e8e9f9522f188dd128d9846d484663414af878d3e46a2f58911a816d6e8346d4ea17a6f2a0bb4ef4ed56c133cff4572e7a2ba5123ac30618b3d205f5c2d17f50cbca216483ac56bcc78e33bf520303278db641e5e731b2e3a",
        "87f864c11ba449f46a0a4f4e2eacbb7b0457784f4fca1937f572c93603e9c4d9f27e318e43ba630594c4d08eeb3b36d97c7377a2f4f9144b2f0c8095ad92140505b2ab53eff244b14138")]
    [InlineData(
        "6e6f74736563726574",
        "",
        "358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254",
        "64b101b1d0be5a8704bd078f9895001fc03e8e9f9522f188dd128d9846d484663414af878d3e46a2f58911a816d6e8346d4ea17a6f2a0bb4ef4ed56c133cff4588f043d1e49a3289b1beeab8f96b0551a48cddf9f38b1a12e46c6908644198f3",
        "87f864c11ba449f46a0a4f4e2eacbb7b0457784f4fca1937f572c93603e9c4d95a04fa1f1c41fb3f00d496f242c1e44ce5b749b3d54bf74cea2dad086d601fb6")]
    public void Published_vectors(string prologue, string payload, params string[] messages)
    {
        using NoiseHandshakeState initiator = New(true, InitiatorStatic, InitiatorEphemeral, prologue);
        using NoiseHandshakeState responder = New(false, ResponderStatic, ResponderEphemeral, prologue);
        for (int i = 0; i < messages.Length; i++)
        {
            (NoiseHandshakeState writer, NoiseHandshakeState reader) = i == 1 ? (responder, initiator) : (initiator, responder);
            byte[] text = payload.Length == 0 ? [] : System.Text.Encoding.ASCII.GetBytes(payload + i);
            var message = new byte[writer.NextOverhead + text.Length];
            // Message 1 is not encrypted yet, so its overhead is the key alone.
            Assert.True(writer.TryWrite(text, message, out int written));
            Assert.Equal(messages[i], Convert.ToHexStringLower(message.AsSpan(0, written)));
            var read = new byte[written];
            Assert.True(reader.TryRead(message.AsSpan(0, written), read, out int length));
            Assert.Equal(text, read[..length]);
        }

        Assert.Equal(responder.StaticPublic, initiator.RemoteStatic.ToArray());
        Assert.Equal(initiator.StaticPublic, responder.RemoteStatic.ToArray());
        Assert.Equal(initiator.Hash.ToArray(), responder.Hash.ToArray());
        (CipherState send, CipherState receive) = initiator.Split();
        (CipherState back, CipherState forth) = responder.Split();
        Transport(send, forth, "yellowsubmarine", "a52ef02ba60e12696d1d6b9ef4245c88fca757b6134ad6e76b56e310a6adf6");
        Transport(back, receive, "submarineyellow", "2445aa438ebd649281c636cc7269ca82f1d9023d72520943aeabf909cdf521");
    }

    [Fact]
    public void Every_flipped_bit_of_message_2_is_noticed()
    {
        using NoiseHandshakeState responder = New(false, ResponderStatic, ResponderEphemeral, "");
        var first = new byte[32];
        using (NoiseHandshakeState initiator = New(true, InitiatorStatic, InitiatorEphemeral, ""))
        {
            Assert.True(initiator.TryWrite([], first, out _));
        }

        Assert.True(responder.TryRead(first, new byte[32], out _));
        var second = new byte[responder.NextOverhead];
        Assert.True(responder.TryWrite([], second, out _));
        // The top bit of an X25519 key is ignored by the curve, but not by the handshake hash.
        for (int bit = 0; bit < second.Length * 8; bit += 7)
        {
            byte[] forged = [.. second];
            forged[bit / 8] ^= (byte)(1 << (bit % 8));
            using NoiseHandshakeState victim = New(true, InitiatorStatic, InitiatorEphemeral, "");
            Assert.True(victim.TryWrite([], new byte[32], out _));
            Assert.False(victim.TryRead(forged, new byte[forged.Length], out _));
        }
    }

    [Fact]
    public void A_key_of_small_order_and_a_cut_off_message_are_refused()
    {
        using NoiseHandshakeState responder = New(false, ResponderStatic, ResponderEphemeral, "");
        Assert.False(responder.TryRead(new byte[31], new byte[64], out _));
        Assert.True(responder.TryRead(new byte[32], new byte[64], out _));
        Assert.False(responder.TryWrite([], new byte[200], out _));
    }

    private static NoiseHandshakeState New(bool initiator, string key, string ephemeral, string prologue) =>
        new(initiator, Convert.FromHexString(key), Convert.FromHexString(ephemeral), Convert.FromHexString(prologue));

    private static void Transport(CipherState send, CipherState receive, string text, string hex)
    {
        byte[] plain = System.Text.Encoding.ASCII.GetBytes(text);
        var sealedBytes = new byte[plain.Length + CipherState.TagSize];
        send.Encrypt([], plain, sealedBytes);
        Assert.Equal(hex, Convert.ToHexStringLower(sealedBytes));
        var opened = new byte[plain.Length];
        Assert.True(receive.TryDecrypt([], sealedBytes, opened));
        Assert.Equal(plain, opened);
        Assert.False(receive.TryDecrypt([], sealedBytes, opened));
    }
}
