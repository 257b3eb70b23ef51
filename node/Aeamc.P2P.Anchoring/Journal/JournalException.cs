namespace Aeamc.P2P.Anchoring.Journal;

/// <summary>A file is no anchor journal, or a damaged one: names the file, the line and the mend.</summary>
public sealed class JournalException : Exception
{
    public JournalException(string path, int line)
        : base($"{path}, line {line}: not an anchored certificate. Move the file away to start a new journal; the certificates before this line stay valid.")
    {
    }
}
