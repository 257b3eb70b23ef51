using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Noise;
using Aeamc.P2P.Libp2p.Noise.Wire;
using Google.Protobuf;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>Whether a handshake payload proves the identity that it names.</summary>
internal enum NoiseProof
{
    Sound,
    Absent,

    /// <summary>A signature over another static key.</summary>
    OfAnotherKey,

    /// <summary>A signature by another identity than the one named.</summary>
    ByAnother,
}

/// <summary>What surrounds the proof, and the proof, which is made last.</summary>
internal sealed class NoisePayloadModel(ProtobufTree fields)
{
    public ProtobufTree Fields { get; } = fields;

    public NoiseProof Proof { get; set; }
}

/// <summary>
/// The payload of Noise handshake messages: extensions and unknown fields as a tree, behind them the identity key and its signature over the static key, so
/// that whatever stands before them is read by a parser that has been given a true proof.
/// </summary>
internal sealed class NoisePayloadGrammar : Grammar<NoisePayloadModel>
{
    private static readonly string[] Names = [ProtocolIds.Yamux, "/mplex/6.7.0", "/quic", "", "/yamux/1.0.0\n"];

    public static Ed25519PrivateKey Identity { get; } = Ed25519PrivateKey.FromSeed(new byte[32]);

    /// <summary>The static key of the handshake.</summary>
    public static byte[] Static { get; } = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private static Ed25519PrivateKey Stranger { get; } = Ed25519PrivateKey.FromSeed(Static);

    protected override NoisePayloadModel Make(Random random)
    {
        var extensions = new NoiseExtensions();
        for (int i = random.Next(4); i > 0; i--)
        {
            extensions.WebtransportCerthashes.Add(ByteString.CopyFrom(Draw.Bytes(random, random.Next(40))));
            extensions.StreamMuxers.Add(random.Next(2) == 0 ? Draw.Of(random, Names) : Draw.Text(random, random.Next(40)));
        }

        extensions.StreamMuxers.Add(ProtocolIds.Yamux);
        return new NoisePayloadModel(Tree(random.Next(4) == 0 ? new NoiseHandshakePayload() : new NoiseHandshakePayload { Extensions = extensions }));
    }

    protected override void Change(NoisePayloadModel model, Random random)
    {
        if (random.Next(6) == 0)
        {
            model.Proof = (NoiseProof)random.Next(4);
        }
        else
        {
            model.Fields.Change(random, leaf => Mutator.ChangeLeaf(leaf, random));
        }
    }

    protected override byte[] Write(NoisePayloadModel model) => [.. model.Fields.Write(Mutator.MaxLength - 256), .. Proof(model.Proof)];

    protected override void Check(NoisePayloadModel model, byte[] bytes)
    {
        NoiseHandshakePayload payload = NoiseHandshake.Parse(bytes);
        FuzzTarget.Require(NoiseHandshake.Verify(payload, Static, PeerId.FromNodeId(Identity.PublicKey)) == PeerId.FromNodeId(Identity.PublicKey), "a true proof holds");
        FuzzTarget.Require(
            NoiseHandshake.SelectMuxer(payload.Extensions?.StreamMuxers ?? [], [ProtocolIds.Yamux]) == (payload.Extensions is null ? null : ProtocolIds.Yamux),
            "the muxer that both have is agreed on");
    }

    private static byte[] Proof(NoiseProof proof)
    {
        var payload = new NoiseHandshakePayload();
        if (proof != NoiseProof.Absent)
        {
            byte[] signed = [.. "noise-libp2p-static-key:"u8, .. proof == NoiseProof.OfAnotherKey ? Static.Reverse() : Static];
            payload.IdentityKey = ByteString.CopyFrom(PeerId.FromNodeId(Identity.PublicKey).ToPublicKeyProtobuf());
            payload.IdentitySig = ByteString.CopyFrom((proof == NoiseProof.ByAnother ? Stranger : Identity).Sign(signed));
        }

        return payload.ToByteArray();
    }

    private static ProtobufTree Tree(NoiseHandshakePayload payload) => ProtobufTree.TryRead(payload.ToByteArray()) ?? throw new FuzzException("what protoc writes is a tree of fields");
}
