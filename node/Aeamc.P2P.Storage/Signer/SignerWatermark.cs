using Aeamc.P2P.Native.Posix;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Storage.Signer;

/// <summary>
/// The newest statement of each kind that this key has signed, in a small file of its own, so that it survives a database or log restored from
/// a backup. It only moves up. Two slots are written in turn, each with a checksum: a torn write loses at most the statement that was not yet
/// allowed to leave. Used by one thread.
/// </summary>
public sealed class SignerWatermark : IDisposable
{
    /// <summary>Kinds of statement, numbered from 0.</summary>
    public const int MaximumKinds = 8;

    private readonly IStableFile _file;
    private readonly SignerMark?[] _marks = new SignerMark?[MaximumKinds];
    private ulong _counter;
    private bool _doubled;
    private bool _failed;
    private bool _disposed;

    private SignerWatermark(IStableFile file, ulong counter, IReadOnlyList<SignerMark> marks, bool doubled)
    {
        _file = file;
        _counter = counter;
        _doubled = doubled;
        foreach (SignerMark mark in marks)
        {
            _marks[mark.Kind] = mark;
        }
    }

    /// <summary>
    /// The newest mark of any kind; null when this key has signed nothing. Of several in one view the one of the highest kind: kinds are numbered in the
    /// order in which one view can see them (Notarize, then Nullify or Finalize). An older one would hide that a restored log lacks the newer.
    /// </summary>
    public SignerMark? Highest
    {
        get
        {
            SignerMark? highest = null;
            foreach (SignerMark? mark in _marks)
            {
                if (mark is { } some && (highest is not { } sofar || some.CompareTimeTo(sofar) >= 0))
                {
                    highest = some;
                }
            }

            return highest;
        }
    }

    /// <summary>Opens the file, or makes it for a key that has signed nothing.</summary>
    /// <exception cref="StorageException">The file is there and neither slot can be read.</exception>
    public static SignerWatermark Open(string path) => Open(path, StableFile.Open);

    internal static SignerWatermark Open(string path, Func<string, IStableFile> openFile)
    {
        if (!File.Exists(path))
        {
            var fresh = new byte[WatermarkSlot.Distance + WatermarkSlot.Bytes];
            WatermarkSlot.Write(fresh, 0, []);
            DurableFile.Write(path, fresh);
        }

        byte[] content = File.ReadAllBytes(path);
        bool found = false;
        bool doubled = false;
        ulong newest = 0;
        IReadOnlyList<SignerMark> marks = [];
        for (int i = 0; i < 2; i++)
        {
            ReadOnlySpan<byte> rest = content.AsSpan(Math.Min(content.Length, i * WatermarkSlot.Distance));
            if (!WatermarkSlot.TryRead(rest[..Math.Min(rest.Length, WatermarkSlot.Bytes)], out ulong counter, out IReadOnlyList<SignerMark> held))
            {
                continue;
            }

            doubled = found && held.SequenceEqual(marks);
            if (!found || counter > newest)
            {
                (found, newest, marks) = (true, counter, held);
            }
        }

        if (!found || marks.Any(mark => mark.Kind >= MaximumKinds))
        {
            throw new StorageException(
                $"The signer watermark '{path}' cannot be read. Without it this key could sign twice in one view. Restore the file from the machine that last ran "
                + "this key; only if the key has surely never signed, delete the file.");
        }

        return new SignerWatermark(openFile(path), newest, marks, doubled);
    }

    /// <summary>The newest mark of a kind.</summary>
    public SignerMark? Of(byte kind) => _marks[kind];

    /// <summary>
    /// At a start: puts the marks up to votes that are on record elsewhere, passing over those that are older than the marks, and sees to it that both slots hold them. So every newest vote
    /// is in two places, log and slot or both slots, and one damage at a time is noticed before the next can hide what the first took.
    /// </summary>
    /// <exception cref="StorageException">The file has another vote of the same kind and view: the record is another node's, or the key is used twice.</exception>
    public void Restore(ReadOnlySpan<SignerMark> votes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Span<SignerMark?> raised = new SignerMark?[MaximumKinds];
        _marks.CopyTo(raised);
        bool changed = false;
        foreach (SignerMark vote in votes)
        {
            Invariant.Check(vote.Kind < MaximumKinds);
            switch (Judge(raised[vote.Kind], vote))
            {
                case WatermarkVerdict.Raised:
                    raised[vote.Kind] = vote;
                    changed = true;
                    break;
                case WatermarkVerdict.Conflict:
                    throw new StorageException(
                        $"The signer watermark and the consensus log name different votes of kind {vote.Kind} in view {vote.View}. They are not of one machine, or two machines run this "
                        + "key. Put the 'wal' folder and the watermark of the machine that last ran this key together, and let it run on no other.");
                default:
                    break;
            }
        }

        if (changed)
        {
            Store(raised);
        }

        if (!_doubled && Highest is not null)
        {
            Store(raised);
            _doubled = true;
        }
    }

    /// <summary>Asks to sign one statement. <see cref="WatermarkVerdict.Raised"/> means that the mark is on the disk.</summary>
    public WatermarkVerdict TryRaise(SignerMark mark) => TryRaise([mark]);

    /// <summary>
    /// Asks to sign several statements at the price of one sync. They are allowed together or not at all: the answer is the worst of theirs,
    /// in the order of <see cref="WatermarkVerdict"/>, and nothing moves when it is <see cref="WatermarkVerdict.Below"/> or
    /// <see cref="WatermarkVerdict.Conflict"/>.
    /// </summary>
    /// <exception cref="IOException">The disk refused; nothing may be signed any more before a restart.</exception>
    public WatermarkVerdict TryRaise(ReadOnlySpan<SignerMark> marks)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Span<SignerMark?> raised = new SignerMark?[MaximumKinds];
        _marks.CopyTo(raised);
        var worst = WatermarkVerdict.Raised;
        bool changed = false;
        foreach (SignerMark mark in marks)
        {
            Invariant.Check(mark.Kind < MaximumKinds);
            WatermarkVerdict verdict = Judge(raised[mark.Kind], mark);
            worst = verdict > worst ? verdict : worst;
            if (verdict == WatermarkVerdict.Raised)
            {
                raised[mark.Kind] = mark;
                changed = true;
            }
        }

        if (changed && worst <= WatermarkVerdict.Repeated)
        {
            Store(raised);
        }

        return worst;
    }

    public void Dispose()
    {
        _disposed = true;
        _file.Dispose();
    }

    private static WatermarkVerdict Judge(SignerMark? held, SignerMark asked)
    {
        if (held is not { } mark)
        {
            return WatermarkVerdict.Raised;
        }

        return asked.CompareTimeTo(mark) switch
        {
            > 0 => WatermarkVerdict.Raised,
            < 0 => WatermarkVerdict.Below,
            _ => asked.Hash == mark.Hash ? WatermarkVerdict.Repeated : WatermarkVerdict.Conflict,
        };
    }

    private void Store(ReadOnlySpan<SignerMark?> raised)
    {
        if (_failed)
        {
            throw new IOException("The signer watermark failed to write before; restart the node.");
        }

        List<SignerMark> held = [];
        foreach (SignerMark? mark in raised)
        {
            if (mark is { } some)
            {
                held.Add(some);
            }
        }

        Span<byte> slot = stackalloc byte[WatermarkSlot.Bytes];
        ulong counter = _counter + 1;
        WatermarkSlot.Write(slot, counter, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(held));

        // A failed sync leaves unknown bytes on the disk; only reopening tells which mark holds.
        _failed = true;
        long offset = (long)(counter % 2) * WatermarkSlot.Distance;
        CrashPoint.Reach(CrashPoint.WatermarkWrite);
        if (CrashPoint.Strikes(CrashPoint.WatermarkTorn))
        {
            _file.Write(slot[..(WatermarkSlot.Bytes / 16)], offset);
            PosixProcess.KillSelf();
        }

        _file.Write(slot, offset);
        CrashPoint.Reach(CrashPoint.WatermarkSync);
        _file.Sync();
        CrashPoint.Reach(CrashPoint.WatermarkSynced);
        _failed = false;
        _doubled = false;
        _counter = counter;
        raised.CopyTo(_marks);
    }
}
