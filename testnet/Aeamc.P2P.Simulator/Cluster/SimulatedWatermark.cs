using Aeamc.P2P.Consensus.Safety;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>The signer watermark's file: two slots with a checksum each, written in turn; the newest that can be read counts.</summary>
/// <param name="checks">Whether checksums are looked at.</param>
public sealed class SimulatedWatermark(bool checks)
{
    private readonly Slot?[] _slots = new Slot?[2];
    private Watermark? _pending;
    private int _newest;

    /// <summary>What a start reads.</summary>
    public Watermark? Current
    {
        get
        {
            Slot? newest = Readable(_newest) ?? Readable(1 - _newest);
            return newest is { } slot && Watermark.TryDecode(slot.Bytes, out Watermark mark) ? mark : null;
        }
    }

    public void Set(Watermark? mark) => _pending = mark;

    public void Sync()
    {
        if (_pending is { } mark && mark != Current)
        {
            byte[] bytes = mark.Encode();
            _newest = 1 - _newest;
            _slots[_newest] = new Slot(bytes, Trace.Fingerprint(bytes));
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
        if (_slots[_newest] is not { } slot)
        {
            return false;
        }

        slot.Bytes[random.Below(slot.Bytes.Length)] ^= (byte)(1 << random.Below(8));
        return true;
    }

    private Slot? Readable(int index) => _slots[index] is { } slot && (!checks || Trace.Fingerprint(slot.Bytes) == slot.Checksum) ? slot : null;

    private readonly record struct Slot(byte[] Bytes, ulong Checksum);
}
