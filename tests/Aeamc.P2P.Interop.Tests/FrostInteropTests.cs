using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold;
using Aeamc.P2P.Threshold.Dkg;
using Aeamc.P2P.Threshold.Frost;
using Aeamc.P2P.Threshold.Group;
using Aeamc.P2P.Threshold.Roast;

namespace Aeamc.P2P.Interop.Tests;

/// <summary>Our FROST and that of <c>@noble/curves</c>, an implementation with which ours shares nothing but RFC 9591.</summary>
public class FrostInteropTests
{
    private const int Members = 4, Threshold = 3;

    private static readonly Secp256k1Group Group = Secp256k1Group.Shared;
    private static readonly Hash256 Message = Hash256.Of("checkpoint"u8);

    [Fact]
    public async Task Noble_verifies_a_signature_of_our_key_generation_and_signing()
    {
        SigningShare[] shares = GenerateKey();
        var coordinator = new RoastCoordinator(Group, shares[0].PublicKey, Message);
        RoastSigner[] signers = [.. shares.Select(share => new RoastSigner(Group, share))];
        Array.ForEach(signers, signer => signer.Approve(Message));
        Queue<RoastOutgoing> requests = new(coordinator.Outstanding());
        while (requests.TryDequeue(out RoastOutgoing? request))
        {
            byte[] reply = signers[request.To.Value].Answer(default, request.Request.Encode(), RandomNumberGenerator.GetBytes(SigningNonce.RandomnessSize))!;
            foreach (RoastOutgoing next in coordinator.Receive(request.To, reply).Outgoing)
            {
                requests.Enqueue(next);
            }
        }

        byte[] signature = coordinator.Signature!.ToArray();
        Assert.True(await NobleVerifies(signature));
        signature[^1] ^= 1;
        Assert.False(await NobleVerifies(signature));

        async Task<bool> NobleVerifies(byte[] bytes) => (await AskAsync(new JsonObject
        {
            ["command"] = "verify",
            ["signature"] = Convert.ToHexStringLower(bytes),
            ["message"] = Message.ToString(),
            ["key"] = shares[0].PublicKey.GroupKey.ToString(),
        }))["valid"]!.GetValue<bool>();
    }

    [Fact]
    public async Task We_verify_a_signature_of_noble()
    {
        JsonNode answer = await AskAsync(new JsonObject { ["command"] = "sign", ["message"] = Message.ToString() });
        Assert.True(FrostSignature.TryDecode(Group, Bytes(answer["signature"]), out FrostSignature? signature));
        Assert.True(Group.TryDecode(Bytes(answer["key"]), out CurvePoint key));
        Assert.True(signature.Verify(Group, key, Message.ToArray()));
        Assert.False(signature.Verify(Group, key, new byte[32]));
    }

    [Fact]
    public async Task Noble_is_one_signer_of_a_session_with_two_of_ours()
    {
        SigningShare[] shares = GenerateKey();
        SigningNonce[] nonces = [.. shares[..2].Select(share => SigningNonce.Generate(Group, share, RandomNumberGenerator.GetBytes(SigningNonce.RandomnessSize)))];
        JsonNode answer = await AskAsync(new JsonObject
        {
            ["command"] = "join",
            ["message"] = Message.ToString(),
            ["key"] = shares[3].PublicKey.GroupKey.ToString(),
            ["min"] = Threshold,
            ["verifyingShares"] = new JsonArray([.. shares[3].PublicKey.VerificationShares.Select(share => (JsonNode)share.ToString())]),
            ["identifier"] = 4,
            ["secret"] = SecretOf(shares[3]),
            ["others"] = new JsonArray([.. nonces.Select(nonce => (JsonNode)new JsonObject
            {
                ["identifier"] = nonce.Commitment.Member.Value + 1,
                ["hiding"] = nonce.Commitment.Hiding.ToString(),
                ["binding"] = nonce.Commitment.Binding.ToString(),
            })]),
        });
        Assert.True(Group.TryDecode(Bytes(answer["hiding"]), out CurvePoint hiding));
        Assert.True(Group.TryDecode(Bytes(answer["binding"]), out CurvePoint binding));
        Assert.True(Scalar.TryDecode(Bytes(answer["share"]), out Scalar theirs));

        NonceCommitment[] commitments = [.. nonces.Select(nonce => nonce.Commitment), new NonceCommitment(new NodeIndex(3), hiding, binding)];
        Assert.True(FrostSession.TryCreate(Group, shares[0].PublicKey, commitments, Message.ToArray(), out FrostSession? session));
        Assert.True(session.VerifyShare(new NodeIndex(3), theirs));
        Assert.True(session.TrySign(shares[0], nonces[0], out Scalar first));
        Assert.True(session.TrySign(shares[1], nonces[1], out Scalar second));
        Assert.True(session.Aggregate([first, second, theirs]).Verify(Group, shares[0].PublicKey.GroupKey, Message.ToArray()));
    }

    private static SigningShare[] GenerateKey()
    {
        DkgMemberSecret[] secrets = [.. Enumerable.Range(0, Members).Select(_ => new DkgMemberSecret(Group, RandomNumberGenerator.GetBytes(DkgMemberSecret.SeedSize)))];
        var parameters = new DkgParameters(Hash256.Of("interop"u8), Threshold, [.. secrets.Select(secret => secret.EncryptionKey)]);
        DkgCeremony[] members = [.. secrets.Select((secret, i) => new DkgCeremony(Group, parameters, new NodeIndex((ushort)i), secret))];
        DkgPost.Deal[] deals = [.. members.Select(member => Assert.IsType<DkgPost.Deal>(member.Pending))];
        foreach (DkgCeremony member in members)
        {
            for (ushort dealer = 0; dealer < Members; dealer++)
            {
                Assert.Equal(DkgVerdict.Accepted, member.Deal(new NodeIndex(dealer), deals[dealer].Message.AsSpan()));
            }

            member.Transcript.CloseComplaints();
        }

        return [.. members.Select(member => member.TakeShare()!)];
    }

    /// <summary>The secret as the share's own encoding holds it: the fourth field.</summary>
    private static string SecretOf(SigningShare share)
    {
        var buffer = new ArrayBufferWriter<byte>();
        share.Encode(buffer);
        var reader = new MessagePackReader(buffer.WrittenSpan);
        Assert.True(reader.TryReadArrayHeader(6) && reader.TryReadUInt8(out _) && reader.TryReadUInt8(out _) && reader.TryReadUInt8(out _));
        Assert.True(reader.TryReadExactly(Scalar.Size, out ReadOnlySpan<byte> secret));
        return Convert.ToHexStringLower(secret);
    }

    private static async Task<JsonNode> AskAsync(JsonObject command) =>
        JsonNode.Parse(await NodeProgram.RunAsync("frost", "frost.mjs", command.ToJsonString(), TestContext.Current.CancellationToken))!;

    private static byte[] Bytes(JsonNode? node) => Convert.FromHexString(node!.GetValue<string>());
}
