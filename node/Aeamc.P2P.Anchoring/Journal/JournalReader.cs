using Aeamc.P2P.Consensus.Proofs;

namespace Aeamc.P2P.Anchoring.Journal;

/// <summary>Reads the certificates of an anchor journal, for <c>aeamc verify</c> and for a journal that is opened again.</summary>
public static class JournalReader
{
    /// <summary>
    /// The certificates in the order written, their signatures not checked. A last line without its newline is what a crash leaves of an append
    /// that never returned, and is left out.
    /// </summary>
    /// <exception cref="JournalException">A whole line is not a certificate.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IEnumerable<SignedCheckpoint> Read(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        foreach (SignedCheckpoint signed in Read(file, path))
        {
            yield return signed;
        }
    }

    /// <summary>Reads to the end and leaves the stream after the last whole line.</summary>
    internal static IEnumerable<SignedCheckpoint> Read(FileStream file, string path)
    {
        var buffer = new byte[JournalFormat.MaxLineLength + 1];
        int filled = 0, number = 0;
        long whole = 0;
        while (true)
        {
            int end = buffer.AsSpan(0, filled).IndexOf((byte)'\n');
            if (end < 0)
            {
                int read = filled == buffer.Length ? throw new JournalException(path, number + 1) : file.Read(buffer, filled, buffer.Length - filled);
                if (read == 0)
                {
                    file.Position = whole;
                    yield break;
                }

                filled += read;
                continue;
            }

            number++;
            if (!JournalFormat.TryParse(buffer.AsSpan(0, end), out SignedCheckpoint? signed))
            {
                throw new JournalException(path, number);
            }

            buffer.AsSpan(end + 1, filled - end - 1).CopyTo(buffer);
            filled -= end + 1;
            whole += end + 1;
            yield return signed;
        }
    }
}
