using Aeamc.P2P.Native.Posix;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Storage.Signer;

/// <summary>
/// What this key has signed, in a small file of its own, so that it survives a database or log restored from a backup: the newest statement of each kind, and whole
/// those votes that the log may lack, so that the log need not be synced before a vote leaves. It only moves up. Four slots, each with a checksum; two of them, with the
/// same content, are written in turn: a torn write loses at most what was not yet allowed to leave, and one damaged slot loses nothing. Used by one thread.
/// </summary>
public sealed class SignerWatermark : IDisposable
{
    /// <summary>Kinds of statement, numbered from 0.</summary>
    public const int MaximumKinds = 8;

    private const int Slots = 4;

    private readonly IStableFile _file;
    private readonly SignerMark?[] _marks = new SignerMark?[MaximumKinds];
    private readonly byte[] _written = new byte[2 * WatermarkSlot.Bytes];
    private SignerTail _tail;
    private ulong _counter;
    private int _pair;
    private bool _doubled;
    private bool _failed;
    private bool _disposed;

    private SignerWatermark(IStableFile file, Copy newest, bool doubled)
    {
        _file = file;
        _counter = newest.Counter;
        _pair = newest.Slot / 2;
        _tail = newest.Tail;
        _doubled = doubled;
        foreach (SignerMark mark in newest.Marks)
        {
            _marks[mark.Kind] = mark;
        }
    }

    /// <summary>The newest mark of any kind; null when this key has signed nothing.</summary>
    public SignerMark? Highest => SignerMark.Highest(_marks.OfType<SignerMark>());

    /// <summary>The votes that the log may lack, and what it must hold.</summary>
    public SignerTail Tail => _tail;

    /// <summary>Opens the file, or makes it for a key that has signed nothing.</summary>
    /// <exception cref="StorageException">The file is there and neither slot can be read.</exception>
    public static SignerWatermark Open(string path) => Open(path, StableFile.Open);

    internal static SignerWatermark Open(string path, Func<string, IStableFile> openFile)
    {
        if (!File.Exists(path))
        {
            var fresh = new byte[Slots * WatermarkSlot.Bytes];
            WatermarkSlot.Write(fresh, 0, [], SignerTail.Empty);
            fresh.AsSpan(0, WatermarkSlot.Bytes).CopyTo(fresh.AsSpan(WatermarkSlot.Bytes));
            DurableFile.Write(path, fresh);
        }

        byte[] content = File.ReadAllBytes(path);
        var copies = new List<Copy>();
        for (int i = 0; i < Slots; i++)
        {
            ReadOnlySpan<byte> rest = content.AsSpan(Math.Min(content.Length, i * WatermarkSlot.Bytes));
            if (WatermarkSlot.TryRead(rest[..Math.Min(rest.Length, WatermarkSlot.Bytes)], out ulong counter, out IReadOnlyList<SignerMark> held, out SignerTail tail))
            {
                copies.Add(new Copy(i, counter, held, tail));
            }
        }

        if (copies.Count == 0)
        {
            throw new StorageException(
                $"The signer watermark '{path}' cannot be read. Without it this key could sign twice in one view. Restore the file from the machine that last ran "
                + "this key; only if the key has surely never signed, delete the file.");
        }

        Copy newest = copies.MaxBy(copy => copy.Counter)!;
        return new SignerWatermark(openFile(path), newest, copies.Count(copy => copy.Counter == newest.Counter) == 2);
    }

    /// <summary>The newest mark of a kind.</summary>
    public SignerMark? Of(byte kind) => _marks[kind];

    /// <summary>
    /// At a start: puts the marks up to votes that are on record elsewhere, passing over those that are older than the marks, and sees to it that two slots hold them. So every newest vote
    /// is in two places, and one damage at a time is noticed before the next can hide what the first took.
    /// </summary>
    /// <param name="votes">The newest vote of each kind in the log.</param>
    /// <param name="logged">The last vote in a log that holds all of <see cref="Tail"/>; null to leave the tail as it is, with a log that is not whole.</param>
    /// <exception cref="StorageException">The file has another vote of the same kind and view: the record is another node's, or the key is used twice.</exception>
    public void Restore(ReadOnlySpan<SignerMark> votes, SignerMark? logged)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Span<SignerMark?> raised = new SignerMark?[MaximumKinds];
        _marks.CopyTo(raised);
        SignerTail tail = logged is null || (logged == _tail.Logged && _tail.Votes.Count == 0) ? _tail : new SignerTail(logged, []);
        bool changed = tail != _tail;
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

        if (changed || (!_doubled && Highest is not null))
        {
            Store(raised, tail);
        }
    }

    /// <summary>Asks to sign one statement that the log holds durably. <see cref="WatermarkVerdict.Raised"/> means that the mark is on the disk.</summary>
    public WatermarkVerdict TryRaise(SignerMark mark) => TryRaise([mark], new SignerTail(mark, []));

    /// <summary>
    /// Asks to sign several statements at the price of one sync. They are allowed together or not at all: the answer is the worst of theirs,
    /// in the order of <see cref="WatermarkVerdict"/>, and nothing moves when it is <see cref="WatermarkVerdict.Below"/> or
    /// <see cref="WatermarkVerdict.Conflict"/>.
    /// </summary>
    /// <param name="marks">The statements.</param>
    /// <param name="tail">The votes that the log may lack, these among them.</param>
    /// <exception cref="IOException">The disk refused; nothing may be signed any more before a restart.</exception>
    public WatermarkVerdict TryRaise(ReadOnlySpan<SignerMark> marks, SignerTail tail)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Invariant.Check(SignerTail.Fits(tail.Votes));
        Span<SignerMark?> raised = new SignerMark?[MaximumKinds];
        _marks.CopyTo(raised);
        var worst = WatermarkVerdict.Raised;
        bool changed = tail.Votes.Count > 0 || tail.Logged != _tail.Logged;
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
            Store(raised, tail);
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

    private void Store(ReadOnlySpan<SignerMark?> raised, SignerTail tail)
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

        Span<byte> pair = _written;
        ulong counter = _counter + 1;
        WatermarkSlot.Write(pair, counter, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(held), tail);
        pair[..WatermarkSlot.Bytes].CopyTo(pair[WatermarkSlot.Bytes..]);

        // A failed sync leaves unknown bytes on the disk; only reopening tells which mark holds.
        _failed = true;
        int other = 1 - _pair;
        long offset = (long)other * pair.Length;
        CrashPoint.Reach(CrashPoint.WatermarkWrite);
        if (CrashPoint.Strikes(CrashPoint.WatermarkTorn))
        {
            _file.Write(pair[..32], offset);
            PosixProcess.KillSelf();
        }

        _file.Write(pair, offset);
        CrashPoint.Reach(CrashPoint.WatermarkSync);
        _file.Sync();
        CrashPoint.Reach(CrashPoint.WatermarkSynced);
        _failed = false;
        _doubled = true;
        _pair = other;
        _counter = counter;
        _tail = tail with { Votes = [.. tail.Votes] };
        raised.CopyTo(_marks);
    }

    /// <summary>What one slot says.</summary>
    private sealed record Copy(int Slot, ulong Counter, IReadOnlyList<SignerMark> Marks, SignerTail Tail);
}
