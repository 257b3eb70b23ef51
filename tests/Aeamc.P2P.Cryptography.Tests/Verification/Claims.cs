using Aeamc.P2P.Cryptography.Tests.P256;
using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.Cryptography.Tests.Verification;

/// <summary>Signed claims of the three algorithms, each over a message of its own.</summary>
internal static class Claims
{
    public static SignatureClaim Ed25519(Ed25519PrivateKey key, int number)
    {
        byte[] message = BitConverter.GetBytes(number);
        return new SignatureClaim(SignatureAlgorithm.Ed25519, PublicKey.Of(key.PublicKey), message, key.Sign(message));
    }

    public static SignatureClaim Es256(P256TestKey key, int number, bool der)
    {
        byte[] message = BitConverter.GetBytes(number);
        Assert.True(PublicKey.TryParse(key.Compressed, out PublicKey publicKey));
        return der
            ? new SignatureClaim(SignatureAlgorithm.Es256Der, publicKey, message, key.SignDer(message))
            : new SignatureClaim(SignatureAlgorithm.Es256, publicKey, message, key.SignRaw(message));
    }

    public static SignatureClaim Broken(SignatureClaim claim)
    {
        byte[] message = [.. claim.Message.Span, 0];
        return claim with { Message = message };
    }
}
