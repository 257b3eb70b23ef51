using System.Diagnostics;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Cryptography.Ed25519Lanes;

namespace Aeamc.P2P.Testnet.Measuring;

/// <summary>
/// How many Ed25519 proofs a second nodes on this machine could finalize if they did nothing but check every signature once: what all cores
/// check together in a second, divided by the nodes that each check all. Measured with the verifier of the nodes, given full batches.
/// </summary>
public static class SignatureBound
{
    /// <summary>About the length of what a device signs over a proof.</summary>
    private const int MessageSize = 160;

    private const int Batch = 256;

    /// <summary>Measures for <paramref name="length"/> with one thread on each core.</summary>
    public static async Task<double> MeasureAsync(int nodes, TimeSpan length)
    {
        Ed25519Claim[] claims = [.. Enumerable.Range(0, Batch).Select(_ => Claim())];
        var verifier = new Ed25519BatchVerifier();

        // The first passes only make the code ready.
        Rate(verifier, claims, length / 10);
        Task<double>[] cores =
        [
            .. Enumerable.Range(0, Environment.ProcessorCount).Select(_ =>
                Task.Factory.StartNew(() => Rate(verifier, claims, length), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)),
        ];
        double[] rates = await Task.WhenAll(cores).ConfigureAwait(false);
        return rates.Sum() / nodes;
    }

    /// <summary>A device's signature, each by a key of its own.</summary>
    private static Ed25519Claim Claim()
    {
        using var key = Ed25519PrivateKey.Generate();
        byte[] message = SecureRandom.Bytes(MessageSize);
        return new Ed25519Claim(key.PublicKey.ToArray(), message, key.Sign(message));
    }

    private static double Rate(Ed25519BatchVerifier verifier, Ed25519Claim[] claims, TimeSpan length)
    {
        var verdicts = new bool[claims.Length];
        long started = Stopwatch.GetTimestamp();
        long done = 0;
        TimeSpan elapsed;
        do
        {
            verifier.Verify(claims, verdicts);
            if (Array.IndexOf(verdicts, false) >= 0)
            {
                throw new InvalidOperationException("A good signature did not verify.");
            }

            done += claims.Length;
            elapsed = Stopwatch.GetElapsedTime(started);
        }
        while (elapsed < length);
        return done / elapsed.TotalSeconds;
    }
}
