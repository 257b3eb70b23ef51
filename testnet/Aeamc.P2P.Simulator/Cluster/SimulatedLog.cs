using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>
/// The consensus log as the daemon keeps it: one checksum for all that one sync wrote. A broken last frame looks like a write that a crash tore and is cut off; a broken frame
/// before whole ones cannot come from a crash.
/// </summary>
/// <param name="checks">Whether checksums are looked at.</param>
public sealed class SimulatedLog(bool checks)
{
    private readonly List<Frame> _frames = [];
    private readonly List<Entry> _unsynced = [];

    /// <summary>Whether a flipped bit lies in what a start would read.</summary>
    public bool HoldsFlips => _frames.Exists(frame => frame.IsFlipped);

    /// <summary>The records, oldest first.</summary>
    public IEnumerable<WalRecord> Records => _frames.SelectMany(frame => frame.Entries).Select(entry => Read(entry.Bytes)).OfType<WalRecord>();

    public void Append(WalRecord record) => _unsynced.Add(new Entry(record.Encode(), record.View));

    public void Sync() => Seal(_unsynced.Count);

    /// <summary>Keeps a random part of what was not synced.</summary>
    public void Crash(SplitMix random) => Seal(random.Below(_unsynced.Count + 1));

    public void Clear() => _frames.Clear();

    /// <summary>Drops frames whose records all lie below a view.</summary>
    public void Prune(View below) => _frames.RemoveAll(frame => frame.Entries.TrueForAll(entry => entry.View < below));

    /// <summary>Changes one bit of one record; false when there is none.</summary>
    public bool Flip(SplitMix random)
    {
        if (_frames.Count == 0)
        {
            return false;
        }

        int at = random.Below(_frames.Count);
        byte[] bytes = _frames[at].Entries[random.Below(_frames[at].Entries.Count)].Bytes;
        bytes[random.Below(bytes.Length)] ^= (byte)(1 << random.Below(8));
        _frames[at] = _frames[at] with { IsFlipped = true };
        return true;
    }

    /// <summary>Cuts off what a crash tore; the place of damage that is none of a crash's, if any.</summary>
    public DiskDamage.Log? Examine()
    {
        int broken = checks ? _frames.FindIndex(frame => frame.Checksum != ChecksumOf(frame.Entries)) : -1;
        if (broken < 0)
        {
            return null;
        }

        if (broken < _frames.Count - 1)
        {
            return new DiskDamage.Log(broken);
        }

        _frames.RemoveAt(broken);
        return null;
    }

    /// <summary>Cuts the log at the damage, as <c>aeamc wal repair</c> does.</summary>
    public void Cut(DiskDamage.Log damage) => _frames.RemoveRange(damage.Frame, _frames.Count - damage.Frame);

    private static ulong ChecksumOf(List<Entry> entries)
    {
        ulong sum = 0;
        foreach (Entry entry in entries)
        {
            sum = unchecked((sum * 31) + Trace.Fingerprint(entry.Bytes));
        }

        return sum;
    }

    private WalRecord? Read(byte[] bytes)
    {
        bool read = WalRecord.TryDecode(bytes, out WalRecord? record);
        Invariant.Check(read || !checks);
        return record;
    }

    private void Seal(int count)
    {
        if (count > 0)
        {
            List<Entry> entries = _unsynced.GetRange(0, count);
            _frames.Add(new Frame(entries, ChecksumOf(entries), false));
        }

        _unsynced.Clear();
    }

    /// <summary>A record's bytes, with what pruning asks of it.</summary>
    private readonly record struct Entry(byte[] Bytes, View View);

    private sealed record Frame(List<Entry> Entries, ulong Checksum, bool IsFlipped);
}
