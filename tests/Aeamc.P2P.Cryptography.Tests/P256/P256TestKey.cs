using System.Security.Cryptography;

namespace Aeamc.P2P.Cryptography.Tests.P256;

/// <summary>A P-256 key as a phone has it: signs like Android's SHA256withECDSA.</summary>
internal sealed class P256TestKey : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public P256TestKey()
    {
        ECPoint q = _key.ExportParameters(includePrivateParameters: false).Q;
        Compressed = [(byte)(2 + (q.Y![^1] & 1)), .. q.X!];
    }

    public byte[] Compressed { get; }

    public byte[] SignRaw(byte[] message) => _key.SignData(message, HashAlgorithmName.SHA256);

    public byte[] SignDer(byte[] message) => _key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    public void Dispose() => _key.Dispose();
}
