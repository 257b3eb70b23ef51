using FsCheck;
using FsCheck.Fluent;

namespace Aeamc.P2P.Cryptography.Tests.P256;

public class P256SignatureTests
{
    private const string N = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    private const string NMinus1 = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550";

    [Theory]
    [InlineData("3006020101020101")]
    [InlineData("300702010102020080")]
    [InlineData("3026022100" + NMinus1 + "020101")]
    [InlineData("3046022100" + NMinus1 + "022100" + NMinus1)]
    public void The_canonical_encoding_is_read(string der) => Assert.True(P256Signature.TryReadDer(Hex(der), new byte[64]));

    // The families of Wycheproof's ecdsa_secp256r1 cases: BER variants, wrong lengths and tags, extra or missing parts, values out of range.
    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("3000")]
    [InlineData("308106020101020101")] // long form of the sequence's length
    [InlineData("30820006020101020101")]
    [InlineData("30800201010201010000")] // indefinite length
    [InlineData("300702810101020101")] // long form of an integer's length
    [InlineData("3007020101" + "02810101")]
    [InlineData("3005020101020101")] // sequence too short
    [InlineData("3007020101020101")] // sequence too long
    [InlineData("300602010102010100")] // trailing byte outside
    [InlineData("30070201010201010500")]
    [InlineData("3008020101020101" + "0500")] // trailing element inside
    [InlineData("30090201010201010201" + "01")] // a third integer
    [InlineData("3003020101")] // one integer
    [InlineData("3006020101020102" + "00")]
    [InlineData("3106020101020101")] // wrong tags
    [InlineData("3006030101020101")]
    [InlineData("3006020101030101")]
    [InlineData("30060281010201" + "01")]
    [InlineData("3005020002020101")] // empty integer
    [InlineData("3005" + "0200" + "020101")]
    [InlineData("300702020001020101")] // padded with a needless zero
    [InlineData("3007020101" + "02020001")]
    [InlineData("3006020180020101")] // negative
    [InlineData("3006020101" + "0201ff")]
    [InlineData("3006020100020101")] // r = 0
    [InlineData("3006020101020100")] // s = 0
    [InlineData("3026022100" + N + "020101")] // r = n
    [InlineData("3026020101022100" + N)] // s = n
    [InlineData("3026022100ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff020101")]
    [InlineData("302602210100000000000000000000000000000000000000000000000000000000000000" + "00" + "020101")] // 2^256
    [InlineData("3027022200" + "80" + N + "020101")] // 34 bytes
    [InlineData("30060202010102" + "01")] // inner length runs over
    [InlineData("3006020101" + "0205" + "01")]
    public void Every_other_encoding_is_refused(string der) => Assert.False(P256Signature.TryReadDer(Hex(der), new byte[64]));

    [Fact]
    public void Writing_and_reading_give_back_the_same_numbers()
    {
        Gen<byte[]> scalar = Gen.Choose(1, 31).SelectMany(length => Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(length))
            .Select(tail => (byte[])[.. new byte[32 - tail.Length], .. tail])
            .Where(bytes => bytes.Any(b => b != 0));
        Prop.ForAll(scalar.Two().Select(pair => (byte[])[.. pair.Item1, .. pair.Item2]).ToArbitrary(), raw =>
        {
            var der = new byte[P256Signature.MaximumDerSize];
            int length = P256Signature.WriteDer(raw, der);
            var again = new byte[64];
            return P256Signature.TryReadDer(der.AsSpan(0, length), again) && again.AsSpan().SequenceEqual(raw);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_is_read_is_the_only_encoding_of_it()
    {
        // Mutations of a real signature: whatever is still read must be written back to the same bytes.
        using var key = new P256TestKey();
        byte[] der = key.SignDer([1]);
        Gen<byte[]> mutated = Gen.Choose(0, der.Length - 1).SelectMany(at => Gen.Choose(0, 255).Select(value =>
        {
            byte[] copy = [.. der];
            copy[at] = (byte)value;
            return copy;
        }));
        Prop.ForAll(mutated.ToArbitrary(), bytes =>
        {
            var raw = new byte[64];
            if (!P256Signature.TryReadDer(bytes, raw))
            {
                return true;
            }

            var again = new byte[P256Signature.MaximumDerSize];
            return again.AsSpan(0, P256Signature.WriteDer(raw, again)).SequenceEqual(bytes);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("00", "01", false)]
    [InlineData("01", "00", false)]
    [InlineData("01", "01", true)]
    [InlineData(N, "01", false)]
    [InlineData("01", N, false)]
    [InlineData(NMinus1, NMinus1, true)]
    public void Raw_numbers_are_held_to_the_same_range(string r, string s, bool valid) =>
        Assert.Equal(valid, P256Signature.TryReadRaw(Hex(r.PadLeft(64, '0') + s.PadLeft(64, '0')), new byte[64]));

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(65)]
    public void Raw_of_another_length_is_refused(int length) => Assert.False(P256Signature.TryReadRaw(new byte[length], new byte[64]));

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
