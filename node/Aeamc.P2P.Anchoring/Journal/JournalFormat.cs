using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Anchoring.Journal;

/// <summary>One certificate is one line: the base64 text of <see cref="SignedCheckpoint.Encode"/>, then a newline.</summary>
internal static class JournalFormat
{
    /// <summary>Longer than any line; what exceeds it is no journal.</summary>
    public const int MaxLineLength = 1024;

    public static byte[] Line(SignedCheckpoint signed)
    {
        var encoded = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(encoded);
        signed.Encode(ref writer);
        var line = new byte[Base64.GetMaxEncodedToUtf8Length(encoded.WrittenCount) + 1];
        Base64.EncodeToUtf8(encoded.WrittenSpan, line, out _, out int written);
        line[written] = (byte)'\n';
        return line[..(written + 1)];
    }

    /// <summary>Reads one line without its newline; false on anything but a canonical certificate.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, [NotNullWhen(true)] out SignedCheckpoint? signed)
    {
        signed = null;
        if (line.Length > MaxLineLength)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[MaxLineLength];
        if (Base64.DecodeFromUtf8(line, bytes, out int consumed, out int written) != OperationStatus.Done || consumed != line.Length)
        {
            return false;
        }

        var reader = new MessagePackReader(bytes[..written]);
        return SignedCheckpoint.TryDecode(ref reader, out signed) && reader.End;
    }
}
