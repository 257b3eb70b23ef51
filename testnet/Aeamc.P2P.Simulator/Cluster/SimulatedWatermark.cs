using Aeamc.P2P.Consensus.Safety;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>The signer watermark's file: two slots with a checksum and a counter each, written in turn; the newest that can be read counts.</summary>
/// <param name="checks">Whether checksums are looked at.</param>
public sealed class SimulatedWatermark(bool checks)
{
    private readonly Slot?[] _slots = new Slot?[2];
    private Watermark? _pending;

    /// <summary>What a start reads.</summary>
    public Watermark? Current => Newest is { } slot && Watermark.TryDecode(slot.Bytes, out Watermark mark) ? mark : null;

    private Slot? Newest
    {
        get
        {
            Slot? first = Readable(0);
            Slot? second = Readable(1);
            return second is null || (first is not null && first.Counter > second.Counter) ? first : second;
        }
    }

    public void Set(Watermark? mark) => _pending = mark;

    public void Sync()
    {
        if (_pending is { } mark && mark != Current)
        {
            Write(mark);
        }
    }

    /// <summary>Whether a slot cannot be read.</summary>
    public bool HoldsFlips => Array.Exists(_slots, slot => slot is not null && Trace.Fingerprint(slot.Bytes) != slot.Checksum);

    /// <summary>At a start: puts both slots up to the vote that holds.</summary>
    public void Restore(Watermark? mark)
    {
        _pending = mark;
        if (mark is not { } held)
        {
            return;
        }

        for (int i = 0; i < _slots.Length && !Array.TrueForAll(_slots, slot => slot is not null && IsReadable(slot) && Watermark.TryDecode(slot.Bytes, out Watermark read) && read == held); i++)
        {
            Write(held);
        }
    }

    /// <summary>Forgets what was not synced.</summary>
    public void Crash() => _pending = Current;

    public void Clear()
    {
        Array.Clear(_slots);
        _pending = null;
    }

    /// <summary>Changes one bit of the newest slot; false when there is none.</summary>
    public bool Flip(SplitMix random)
    {
        if (Newest is not { } slot)
        {
            return false;
        }

        slot.Bytes[random.Below(slot.Bytes.Length)] ^= (byte)(1 << random.Below(8));
        return true;
    }

    /// <summary>Into the slot that does not count: the older or the damaged one.</summary>
    private void Write(Watermark mark)
    {
        byte[] bytes = mark.Encode();
        ulong counter = (Newest?.Counter ?? 0) + 1;
        _slots[counter % 2] = new Slot(bytes, counter, Trace.Fingerprint(bytes));
    }

    private Slot? Readable(int index) => _slots[index] is { } slot && IsReadable(slot) ? slot : null;

    private bool IsReadable(Slot slot) => !checks || Trace.Fingerprint(slot.Bytes) == slot.Checksum;

    private sealed record Slot(byte[] Bytes, ulong Counter, ulong Checksum);
}
