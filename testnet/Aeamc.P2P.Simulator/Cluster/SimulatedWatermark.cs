using System.Buffers;
using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>
/// The signer's file: the highest vote, and whole those that the log may lack. Four slots with a checksum and a counter each, two with the same content written in turn; the newest that can
/// be read counts.
/// </summary>
/// <param name="checks">Whether checksums are looked at.</param>
/// <param name="copies">Slots that are written at once.</param>
public sealed class SimulatedWatermark(bool checks, int copies = 2)
{
    /// <summary>Votes that the file takes before the log must be synced.</summary>
    private const int MaximumUnlogged = 20;

    private readonly Slot?[] _slots = new Slot?[4];
    private readonly List<Statement> _unlogged = [];
    private Watermark? _mark;
    private Watermark? _logged;
    private bool _whole = true;

    /// <summary>What a start reads.</summary>
    public SignerMemory Current => Newest is { } slot ? Read(slot.Bytes) : SignerMemory.None;

    /// <summary>Votes that only this file holds.</summary>
    public int Unlogged => _unlogged.Count;

    /// <summary>Whether the log must be synced before the next vote is written here.</summary>
    public bool NeedsLog => !_whole || _unlogged.Count > MaximumUnlogged;

    /// <summary>Whether one of the newest two slots cannot be read.</summary>
    public bool HoldsFlips => Array.Exists(_slots, slot => slot is not null && slot.Counter == _slots.Max(one => one?.Counter) && Trace.Fingerprint(slot.Bytes) != slot.Checksum);

    private Slot? Newest => _slots.Where(slot => slot is not null && IsReadable(slot)).MaxBy(slot => slot!.Counter);

    public void Set(Watermark? mark) => _mark = mark;

    /// <summary>A vote that is about to be signed.</summary>
    public void Add(in Statement vote) => _unlogged.Add(vote);

    /// <summary>The log is synced: it holds all votes.</summary>
    public void Logged()
    {
        if (_unlogged.Count > 0)
        {
            _logged = Watermark.After(null, _unlogged[^1]);
            _whole = true;
        }

        _unlogged.Clear();
    }

    /// <summary>The log holds nothing below a view any more.</summary>
    public void Pruned(View below) => _whole &= _logged is not { } logged || logged.View >= below;

    public void Sync()
    {
        if (_mark is not null)
        {
            Write(copies);
        }
    }

    /// <summary>At a start: takes up what the log tells, and puts two slots up to it.</summary>
    public void Restore(RecoveredState recovered)
    {
        _mark = recovered.Watermark;
        _whole = recovered.IsWhole;
        if (_whole)
        {
            _logged = recovered.LastVote is { } last ? Watermark.After(null, last) : _logged;
            _unlogged.Clear();
        }

        ulong? newest = Newest?.Counter;
        SignerMemory now = Current;
        bool doubled = _slots.Count(slot => slot is not null && IsReadable(slot) && slot.Counter == newest) == copies;
        if (_mark is not null && (!doubled || now.Highest != _mark || now.Logged != _logged || now.Unlogged.Count != _unlogged.Count))
        {
            Write(copies);
        }
    }

    /// <summary>Forgets what was not synced; a write that was under way may have reached one slot, or both.</summary>
    /// <param name="random">Decides.</param>
    /// <param name="writing">Whether one was under way.</param>
    public void Crash(SplitMix random, bool writing)
    {
        if (writing && _mark is not null)
        {
            Write(random.Below(copies + 1));
        }

        Load();
    }

    public void Clear()
    {
        Array.Clear(_slots);
        Load();
    }

    /// <summary>Changes one bit of one of the newest slots; false when there is none.</summary>
    public bool Flip(SplitMix random)
    {
        if (Newest is not { } newest)
        {
            return false;
        }

        Slot[] copies = [.. _slots.OfType<Slot>().Where(copy => IsReadable(copy) && copy.Counter == newest.Counter)];
        Slot slot = copies[random.Below(copies.Length)];
        slot.Bytes[random.Below(slot.Bytes.Length)] ^= (byte)(1 << random.Below(8));
        return true;
    }

    private void Load()
    {
        SignerMemory memory = Current;
        (_mark, _logged) = (memory.Highest, memory.Logged);
        _unlogged.Clear();
        _unlogged.AddRange(memory.Unlogged);
    }

    /// <summary>Into the two slots that do not count.</summary>
    private void Write(int written)
    {
        int pair = Newest is { } newest ? 1 - (Array.IndexOf(_slots, newest) / 2) : 0;
        ulong counter = (Newest?.Counter ?? 0) + 1;
        for (int i = 0; i < written; i++)
        {
            byte[] bytes = Encode();
            _slots[(2 * pair) + i] = new Slot(bytes, counter, Trace.Fingerprint(bytes));
        }
    }

    private byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2 + _unlogged.Count);
        writer.Write(_mark?.Encode() ?? []);
        writer.Write(_logged?.Encode() ?? []);
        foreach (Statement vote in _unlogged)
        {
            writer.Write(new WalRecord.Voted(vote).Encode());
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Where no checksum is looked at, what cannot be read is as if it were not there.</summary>
    private SignerMemory Read(byte[] bytes)
    {
        var reader = new MessagePackReader(bytes);
        var unlogged = new List<Statement>();
        if (!reader.TryReadArrayHeader(bytes.Length, out int count) || count < 2 || !TryReadMark(ref reader, out Watermark? mark) || !TryReadMark(ref reader, out Watermark? logged))
        {
            Invariant.Check(!checks);
            return SignerMemory.None;
        }

        for (int i = 2; i < count; i++)
        {
            if (reader.TryReadBinary(bytes.Length, out ReadOnlySpan<byte> encoded) && WalRecord.TryDecode(encoded, out WalRecord? record) && record is WalRecord.Voted voted)
            {
                unlogged.Add(voted.Statement);
            }
            else
            {
                Invariant.Check(!checks);
            }
        }

        return new SignerMemory(mark, logged, unlogged);
    }

    private static bool TryReadMark(ref MessagePackReader reader, out Watermark? mark)
    {
        mark = null;
        if (!reader.TryReadBinary(128, out ReadOnlySpan<byte> encoded))
        {
            return false;
        }

        if (encoded.IsEmpty)
        {
            return true;
        }

        bool read = Watermark.TryDecode(encoded, out Watermark some);
        mark = some;
        return read;
    }

    private bool IsReadable(Slot slot) => !checks || Trace.Fingerprint(slot.Bytes) == slot.Checksum;

    private sealed record Slot(byte[] Bytes, ulong Counter, ulong Checksum);
}
