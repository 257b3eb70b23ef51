namespace Aeamc.P2P.Primitives.Tests;

/// <summary>
/// Seeded, structure-aware mutations of valid encodings. A decoder must never throw, and whatever it accepts must encode to the very same bytes: canonical
/// means one encoding for one value.
/// </summary>
internal static class DecoderFuzz
{
    /// <summary>Decodes; gives the bytes the decoded value encodes to, or null when the input was refused.</summary>
    public delegate byte[]? RoundTrip(byte[] input);

    private static readonly byte[] Codes =
        [0x00, 0x7f, 0x80, 0x90, 0x91, 0x9f, 0xa0, 0xc0, 0xc2, 0xc4, 0xc5, 0xc6, 0xcc, 0xcd, 0xce, 0xcf, 0xd0, 0xd9, 0xdc, 0xdd, 0xe0, 0xff];

    public static void Run(RoundTrip roundTrip, params byte[][] valid)
    {
        foreach (byte[] sample in valid)
        {
            Assert.Equal(sample, roundTrip(sample));
            for (int length = 0; length < sample.Length; length++)
            {
                Assert.Null(roundTrip(sample[..length]));
            }

            Assert.Null(roundTrip([.. sample, 0]));
            Assert.Null(roundTrip([.. sample, .. sample]));
        }

        for (int seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            byte[] input = Mutate(random, valid);
            byte[]? output = roundTrip(input);
            if (output is not null)
            {
                Assert.True(input.AsSpan().SequenceEqual(output), $"seed {seed}: two encodings of one value: {Convert.ToHexString(input)}");
            }
        }
    }

    private static byte[] Mutate(Random random, byte[][] valid)
    {
        List<byte> bytes = [.. valid[random.Next(valid.Length)]];
        int edits = 1 + random.Next(4);
        for (int i = 0; i < edits && bytes.Count > 0; i++)
        {
            // Most of the structure is at the front, so half of the edits are there.
            int place = random.Next(2) == 0 ? random.Next(Math.Min(12, bytes.Count)) : random.Next(bytes.Count);
            switch (random.Next(8))
            {
                case 0:
                    bytes[place] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[place] = Codes[random.Next(Codes.Length)];
                    break;
                case 2:
                    bytes.RemoveRange(place, random.Next(bytes.Count - place));
                    break;
                case 3:
                    bytes.Insert(place, Codes[random.Next(Codes.Length)]);
                    break;
                case 4:
                    bytes.RemoveAt(place);
                    break;
                case 5:
                    // A wide length that claims far more than there is.
                    bytes.InsertRange(place, [random.Next(2) == 0 ? (byte)0xc6 : (byte)0xdd, 0xff, 0xff, 0xff, 0xff]);
                    break;
                case 6:
                    bytes.InsertRange(place, bytes.GetRange(place, random.Next(Math.Min(64, bytes.Count - place))));
                    break;
                default:
                    bytes[place] = unchecked((byte)(bytes[place] + (random.Next(2) == 0 ? 1 : -1)));
                    break;
            }
        }

        return [.. bytes];
    }
}
