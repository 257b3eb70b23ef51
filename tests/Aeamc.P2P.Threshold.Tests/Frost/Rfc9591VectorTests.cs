using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold.Frost;
using Aeamc.P2P.Threshold.Group;

namespace Aeamc.P2P.Threshold.Tests.Frost;

/// <summary>RFC 9591, appendix E.5: FROST(secp256k1, SHA-256), members 1 and 3 of a 2-of-3 key sign "test".</summary>
public class Rfc9591VectorTests
{
    private const string GroupKey = "02f37c34b66ced1fb51c34a90bdae006901f10625cc06c4f64663b0eae87d87b4f";
    private const string Signature = "0205b6d04d3774c8929413e3c76024d54149c372d57aae62574ed74319b5ea14d0c65dde8492a7471437e6c2fe3da49b90d23f642b5c6dbe7e36089f096dd97324";

    private static readonly Secp256k1Group Group = Secp256k1Group.Shared;
    private static readonly byte[] Message = Convert.FromHexString("74657374");

    private static readonly SigningShare[] Shares = TrustedDealer.Deal(
        3,
        Number("0d004150d27c3bf2a42f312683d35fac7394b1e9e318249c1bfe7f0795a83114"),
        Number("fbf85eadae3058ea14f19148bb72b45e4399c0b16028acaf0395c9b03c823579"));

    [Fact]
    public void The_dealt_key_is_that_of_the_vector()
    {
        Assert.Equal(GroupKey, Shares[0].PublicKey.GroupKey.ToString());
        Assert.Equal(Group.MultiplyBase(Number("08f89ffe80ac94dcb920c26f3f46140bfc7f95b493f8310f5fc1ea2b01f4254c")), Shares[0].PublicKey.VerificationShares[0]);
        Assert.Equal(Group.MultiplyBase(Number("04f0feac2edcedc6ce1253b7fab8c86b856a797f44d83d82a385554e6e401984")), Shares[0].PublicKey.VerificationShares[1]);
        Assert.Equal(Group.MultiplyBase(Number("00e95d59dd0d46b0e303e500b62b7ccb0e555d49f5b849f5e748c071da8c0dbc")), Shares[0].PublicKey.VerificationShares[2]);
    }

    [Theory]
    [InlineData("7ea5ed09af19f6ff21040c07ec2d2adbd35b759da5a401d4c99dd26b82391cb2", "08f89ffe80ac94dcb920c26f3f46140bfc7f95b493f8310f5fc1ea2b01f4254c", "841d3a6450d7580b4da83c8e618414d0f024391f2aeb511d7579224420aa81f0")]
    [InlineData("47acab018f116020c10cb9b9abdc7ac10aae1b48ca6e36dc15acb6ec9be5cdc5", "08f89ffe80ac94dcb920c26f3f46140bfc7f95b493f8310f5fc1ea2b01f4254c", "8d2624f532af631377f33cf44b5ac5f849067cae2eacb88680a31e77c79b5a80")]
    [InlineData("e6cc56ccbd0502b3f6f831d91e2ebd01c4de0479e0191b66895a4ffd9b68d544", "00e95d59dd0d46b0e303e500b62b7ccb0e555d49f5b849f5e748c071da8c0dbc", "2b19b13f193f4ce83a399362a90cdc1e0ddcd83e57089a7af0bdca71d47869b2")]
    [InlineData("7203d55eb82a5ca0d7d83674541ab55f6e76f1b85391d2c13706a89a064fd5b9", "00e95d59dd0d46b0e303e500b62b7ccb0e555d49f5b849f5e748c071da8c0dbc", "7a443bde83dc63ef52dda354005225ba0e553243402a4705ce28ffaafe0f5b98")]
    public void Nonces_match(string randomness, string share, string nonce) =>
        Assert.Equal(Number(nonce), FrostHash.Nonce(Convert.FromHexString(randomness), Number(share)));

    [Fact]
    public void Commitments_binding_factors_shares_and_signature_match()
    {
        (SigningNonce first, SigningNonce third) = Nonces();
        Assert.Equal("03c699af97d26bb4d3f05232ec5e1938c12f1e6ae97643c8f8f11c9820303f1904", first.Commitment.Hiding.ToString());
        Assert.Equal("02fa2aaccd51b948c9dc1a325d77226e98a5a3fe65fe9ba213761a60123040a45e", first.Commitment.Binding.ToString());
        Assert.Equal("03077507ba327fc074d2793955ef3410ee3f03b82b4cdc2370f71d865beb926ef6", third.Commitment.Hiding.ToString());
        Assert.Equal("02ad53031ddfbbacfc5fbda3d3b0c2445c8e3e99cbc4ca2db2aa283fa68525b135", third.Commitment.Binding.ToString());

        NonceCommitment[] commitments = [first.Commitment, third.Commitment];
        Assert.Equal(
            [
                Number("3e08fe561e075c653cbfd46908a10e7637c70c74f0a77d5fd45d1a750c739ec6"),
                Number("93f79041bb3fd266105be251adaeb5fd7f8b104fb554a4ba9a0becea48ddbfd7"),
            ],
            FrostSession.BindingFactors(Shares[0].PublicKey.GroupKey, commitments, Message));

        Assert.True(FrostSession.TryCreate(Group, Shares[0].PublicKey, commitments, Message, out FrostSession? session));
        Assert.True(session.TrySign(Shares[0], first, out Scalar z1));
        Assert.True(session.TrySign(Shares[2], third, out Scalar z3));
        Assert.Equal(Number("c4fce1775a1e141fb579944166eab0d65eefe7b98d480a569bbbfcb14f91c197"), z1);
        Assert.Equal(Number("0160fd0d388932f4826d2ebcd6b9eaba734f7c71cf25b4279a4ca2581e47b18d"), z3);
        Assert.True(session.VerifyShare(new NodeIndex(0), z1));
        Assert.True(session.VerifyShare(new NodeIndex(2), z3));

        FrostSignature signature = session.Aggregate([z3, z1]);
        Assert.Equal(Signature, Convert.ToHexStringLower(signature.ToArray()));
        Assert.True(signature.Verify(Group, Shares[0].PublicKey.GroupKey, Message));
    }

    /// <summary>RFC 9380, appendix K.1: expand_message_xmd(SHA-256).</summary>
    [Theory]
    [InlineData("", "68a985b87eb6b46952128911f2a4412bbc302a9d759667f87f7a21d803f07235")]
    [InlineData("abc", "d8ccab23b5985ccea865c6c97b6e5b8350e794e603b4b97902f53a8a0d605615")]
    [InlineData("", "af84c27ccfd45d41914fdff5df25293e221afc53d8ad2ac06d5e3e29485dadbee0d121587713a3e0dd4d5e69e93eb7cd4f5df4cd103e188cf60cb02edc3edf18eda8576c412b18ffb658e3dd6ec849469b979d444cf7b26911a08e63cf31f9dcc541708d3491184472c2c29bb749d4286b004ceb5ee6b9a7fa5b646c993f0ced")]
    [InlineData("abc", "abba86a6129e366fc877aab32fc4ffc70120d8996c88aee2fe4b32d6c7b6437a647e6c3163d40b76a73cf6a5674ef1d890f95b664ee0afa5359a5c4e07985635bbecbac65d747d3d2da7ec2b8221b17b0ca9dc8a1ac1c07ea6a1e60583e2cb00058e77b7b72a298425cd1b941ad4ec65e8afc50303a22c0f99b0509b4c895f40")]
    public void Message_expansion_matches_RFC_9380(string message, string expected)
    {
        var output = new byte[expected.Length / 2];
        FrostHash.ExpandMessage(System.Text.Encoding.ASCII.GetBytes(message), "QUUX-V01-CS02-with-expander-SHA256-128"u8, output);
        Assert.Equal(expected, Convert.ToHexStringLower(output));
    }

    private static (SigningNonce First, SigningNonce Third) Nonces() => (
        SigningNonce.Generate(Group, Shares[0], Convert.FromHexString("7ea5ed09af19f6ff21040c07ec2d2adbd35b759da5a401d4c99dd26b82391cb247acab018f116020c10cb9b9abdc7ac10aae1b48ca6e36dc15acb6ec9be5cdc5")),
        SigningNonce.Generate(Group, Shares[2], Convert.FromHexString("e6cc56ccbd0502b3f6f831d91e2ebd01c4de0479e0191b66895a4ffd9b68d5447203d55eb82a5ca0d7d83674541ab55f6e76f1b85391d2c13706a89a064fd5b9")));

    private static Scalar Number(string hex) => Scalar.TryDecode(Convert.FromHexString(hex), out Scalar scalar) ? scalar : throw new FormatException(hex);
}
