using System.Diagnostics;
using Aeamc.P2P.Cryptography;

namespace Aeamc.P2P.Testnet.Measuring;

/// <summary>
/// How many Ed25519 proofs a second nodes on this machine could finalize if they did nothing but check every signature once: what all cores
/// check together in a second, divided by the nodes that each check all.
/// </summary>
public static class SignatureBound
{
    /// <summary>About the length of what a device signs over a proof.</summary>
    private const int MessageSize = 160;

    private const int Batch = 256;

    /// <summary>Measures for <paramref name="length"/> with one thread on each core.</summary>
    public static async Task<double> MeasureAsync(int nodes, TimeSpan length)
    {
        using var key = Ed25519PrivateKey.Generate();
        byte[] message = SecureRandom.Bytes(MessageSize);
        byte[] signature = key.Sign(message);
        Task<double>[] cores =
        [
            .. Enumerable.Range(0, Environment.ProcessorCount).Select(_ =>
                Task.Factory.StartNew(() => Rate(key, message, signature, length), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)),
        ];
        double[] rates = await Task.WhenAll(cores).ConfigureAwait(false);
        return rates.Sum() / nodes;
    }

    private static double Rate(Ed25519PrivateKey key, byte[] message, byte[] signature, TimeSpan length)
    {
        long started = Stopwatch.GetTimestamp();
        long done = 0;
        TimeSpan elapsed;
        do
        {
            for (int i = 0; i < Batch; i++)
            {
                if (!Ed25519.Verify(key.PublicKey, message, signature))
                {
                    throw new InvalidOperationException("A good signature did not verify.");
                }
            }

            done += Batch;
            elapsed = Stopwatch.GetElapsedTime(started);
        }
        while (elapsed < length);
        return done / elapsed.TotalSeconds;
    }
}
