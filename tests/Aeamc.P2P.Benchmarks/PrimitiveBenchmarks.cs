using System.Security.Cryptography;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Cryptography.Ed25519Lanes;
using Aeamc.P2P.Cryptography.Keys;
using Aeamc.P2P.Cryptography.Verification;
using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.Benchmarks;

/// <summary>Signatures, key agreement, VRF and password hashing, and what the verification pool loses against the bare verifier.</summary>
internal static class PrimitiveBenchmarks
{
    private const int BatchSize = 500;

    public static void Run()
    {
        Console.WriteLine($"cores {Environment.ProcessorCount}, libsodium {Native.Sodium.SodiumLibrary.Version}, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}");
        Primitives();
        Signatures();
        Pool(workers: 1);
        Pool(workers: Environment.ProcessorCount);
    }

    private static void Primitives()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        byte[] publicKey = key.PublicKey.ToArray();
        byte[] message = SecureRandom.Bytes(200);
        byte[] signature = key.Sign(message);
        byte[] scalar = new byte[32], point = new byte[32], shared = new byte[32], room = new byte[64];
        X25519.GenerateKeyPair(scalar, point);

        using ECDsa p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ECPoint q = p256.ExportParameters(false).Q;
        byte[] compressed = [(byte)(2 + (q.Y![^1] & 1)), .. q.X!];
        byte[] raw = p256.SignData(message, HashAlgorithmName.SHA256);
        byte[] der = p256.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var verifier = new P256Verifier();
        SignatureVerdicts verdicts = new();
        SignatureClaim claim = Claim(key, message);

        var table = new RateTable(rounds: 5, TimeSpan.FromMilliseconds(200));
        table.Add("Ed25519 sign, 200 B", () => Times(20, () => key.Sign(message, room)));
        table.Add("Ed25519 verify, 200 B", () => Times(10, () => Ed25519.Verify(publicKey, message, signature)));
        table.Add("X25519 agreement", () => Times(10, () => X25519.ScalarMult(scalar, point, shared)));
        table.Add("P-256 verify raw, cached key", () => Times(5, () => verifier.VerifyRaw(compressed, message, raw)));
        table.Add("P-256 verify DER, cached key", () => Times(5, () => verifier.VerifyDer(compressed, message, der)));
        table.Add("P-256 verify, key not cached", () => Times(1, () => new P256Verifier(2).VerifyRaw(compressed, message, raw)));
        table.Add("P-256 recover both keys", () => Times(1, () => P256Recovery.Recover(message, der)));
        table.Add("verdict remembered", () => Times(100, () => verdicts.Verify(claim)));
        table.Add("keystore seal, standard cost", () => Times(1, () => Keystore.Seal(shared, "password", KeystoreCost.Standard)));
        table.Run();
    }

    /// <summary>
    /// The lanes against libsodium: full passes under keys that signed before and under new ones, passes of three, and the VRF. Every signature has a
    /// key of its own and a message as long as a proof's.
    /// </summary>
    public static void Signatures()
    {
        const int count = 64;
        var verifier = new Ed25519BatchVerifier();
        var forgetful = new Ed25519BatchVerifier(keyCapacity: 2);
        Console.WriteLine(verifier.Description);
        Ed25519Claim[] claims = [.. Enumerable.Range(0, count).Select(_ => Ed25519Claim(160))];
        var verdicts = new bool[count];
        const string single = "Ed25519 verify, libsodium";
        const string known = "Ed25519 verify, in eights, known keys";
        const string fresh = "Ed25519 verify, in eights, new keys";
        const string threes = "Ed25519 verify, in threes, known keys";
        var table = new RateTable(rounds: 9, TimeSpan.FromMilliseconds(200));
        table.Add(single, () =>
        {
            foreach (Ed25519Claim claim in claims)
            {
                Ed25519.Verify(claim.Key.Span, claim.Message.Span, claim.Signature.Span);
            }

            return count;
        });
        table.Add(known, () =>
        {
            verifier.Verify(claims, verdicts);
            return count;
        });
        table.Add(fresh, () =>
        {
            forgetful.Verify(claims, verdicts);
            return count;
        });
        table.Add(threes, () =>
        {
            for (int i = 0; i < count - 3; i += 3)
            {
                verifier.Verify(claims.AsSpan(i, 3), verdicts.AsSpan(i, 3));
            }

            return count - 1;
        });

        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        byte[] publicKey = key.PublicKey.ToArray(), alpha = SecureRandom.Bytes(80), proof = Ecvrf.Prove(key, alpha);
        foreach (bool lanes in (bool[])[false, true])
        {
            string by = lanes ? "in lanes" : "libsodium";
            table.Add($"ECVRF prove, {by}", () => Times(4, () => Ecvrf.Prove(key, alpha, lanes)));
            table.Add($"ECVRF verify, {by}", () => Times(4, () => Ecvrf.Verify(publicKey, alpha, proof, lanes, out _)));
        }

        table.Run();
        table.PrintRatio(known, single);
        table.PrintRatio(fresh, single);
        table.PrintRatio(threes, single);
        table.PrintRatio("ECVRF prove, in lanes", "ECVRF prove, libsodium");
        table.PrintRatio("ECVRF verify, in lanes", "ECVRF verify, libsodium");
    }

    private static void Pool(int workers)
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        SignatureClaim[] claims = [.. Enumerable.Range(0, BatchSize).Select(_ => Claim(key, SecureRandom.Bytes(200)))];
        byte[] publicKey = key.PublicKey.ToArray();

        string bare = $"bare Ed25519 verify, {workers} thread(s)";
        string pooled = $"pool of {workers}, batches of {BatchSize}, nothing cached";
        var table = new RateTable(rounds: 9, TimeSpan.FromMilliseconds(200));
        table.Add(bare, () =>
        {
            Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, worker =>
            {
                for (int i = worker; i < claims.Length; i += workers)
                {
                    Ed25519.Verify(publicKey, claims[i].Message.Span, claims[i].Signature.Span);
                }
            });
            return claims.Length;
        });
        // Room for two verdicts in memory: every claim is computed anew and none found, with all the work of looking.
        using var pool = new VerificationPool(new SignatureVerdicts(capacity: 2), new VerificationPoolOptions { Workers = workers });
        table.Add(pooled, () => pool.VerifyAsync(claims).GetAwaiter().GetResult().Length);
        table.Run();
        table.PrintRatio(pooled, bare);
    }

    private static SignatureClaim Claim(Ed25519PrivateKey key, byte[] message) =>
        new(SignatureAlgorithm.Ed25519, PublicKey.Of(key.PublicKey), message, key.Sign(message));

    private static Ed25519Claim Ed25519Claim(int length)
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        byte[] message = SecureRandom.Bytes(length);
        return new Ed25519Claim(key.PublicKey.ToArray(), message, key.Sign(message));
    }

    private static int Times(int count, Action action)
    {
        for (int i = 0; i < count; i++)
        {
            action();
        }

        return count;
    }
}
