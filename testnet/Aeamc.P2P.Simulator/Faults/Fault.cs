using System.Globalization;

namespace Aeamc.P2P.Simulator.Faults;

/// <summary>One thing that goes wrong at a time and for a while, both in milliseconds. Written as "kind:what@at+length".</summary>
public abstract record Fault(int At, int Length)
{
    /// <summary>A node loses its memory and what was not synced, and comes back after the length.</summary>
    /// <param name="Where">"now", "unsynced" (at the next write, before the sync) or "unsent" (after the sync, before sending).</param>
    public sealed record Crash(int Node, CrashPoint Where, int At, int Length) : Fault(At, Length)
    {
        public override string ToString() => Text(Where == CrashPoint.Now ? "crash" : Where == CrashPoint.BeforeSync ? "crash-unsynced" : "crash-unsent", $"{Node}");
    }

    /// <summary>The endpoints whose bit is set are cut from the others, both ways or only towards the others.</summary>
    public sealed record Partition(ulong Side, bool OneWay, int At, int Length) : Fault(At, Length)
    {
        public override string ToString() => Text(OneWay ? "mute" : "split", Side.ToString("x", CultureInfo.InvariantCulture));
    }

    /// <summary>A node's wall clock jumps, and is set right again after the length.</summary>
    public sealed record ClockJump(int Node, int By, int At, int Length) : Fault(At, Length)
    {
        public override string ToString() => Text("jump", FormattableString.Invariant($"{Node}by{By}"));
    }

    /// <summary>A node dies, a bit of its log or its watermark flips, and it starts again; a mend that it needs is done after the length.</summary>
    public sealed record BitFlip(int Node, int At, int Length) : Fault(At, Length)
    {
        public override string ToString() => Text("flip", $"{Node}");
    }

    /// <summary>A node dies, a bit of its store flips, and it starts again; when that is found, its operator moves the store away and it fetches the chain again.</summary>
    /// <param name="Snapshot">Whether it then begins with a snapshot, and not with the first block.</param>
    public sealed record Rot(int Node, bool Snapshot, int At, int Length) : Fault(At, Length)
    {
        public override string ToString() => Text(Snapshot ? "rot-snapshot" : "rot", $"{Node}");
    }

    /// <summary>A node starts for the first time when the length is over.</summary>
    /// <param name="Snapshot">Whether it begins with a snapshot, and not with the first block.</param>
    public sealed record Late(int Node, bool Snapshot, int At, int Length) : Fault(At, Length)
    {
        public override string ToString() => Text(Snapshot ? "late-snapshot" : "late", $"{Node}");
    }

    /// <summary>A node's disk takes no writes for the length.</summary>
    public sealed record FullDisk(int Node, int At, int Length) : Fault(At, Length)
    {
        public override string ToString() => Text("full", $"{Node}");
    }

    /// <summary>Reads what <see cref="object.ToString"/> writes; null for anything else.</summary>
    public static Fault? Parse(string text)
    {
        string[] parts = text.Split(':', '@', '+');
        if (parts.Length != 4 || !Number(parts[2], out int at) || !Number(parts[3], out int length))
        {
            return null;
        }

        switch (parts[0])
        {
            case "crash" or "crash-unsynced" or "crash-unsent" when Number(parts[1], out int node):
                CrashPoint where = parts[0] == "crash" ? CrashPoint.Now : parts[0] == "crash-unsynced" ? CrashPoint.BeforeSync : CrashPoint.BeforeSend;
                return new Crash(node, where, at, length);
            case "flip" when Number(parts[1], out int flipped):
                return new BitFlip(flipped, at, length);
            case "rot" or "rot-snapshot" when Number(parts[1], out int rotten):
                return new Rot(rotten, parts[0] == "rot-snapshot", at, length);
            case "late" or "late-snapshot" when Number(parts[1], out int late):
                return new Late(late, parts[0] == "late-snapshot", at, length);
            case "full" when Number(parts[1], out int filled):
                return new FullDisk(filled, at, length);
            case "split" or "mute" when ulong.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong side):
                return new Partition(side, parts[0] == "mute", at, length);
            case "jump" when parts[1].Split("by") is [var who, var by] && Number(who, out int jumper)
                && int.TryParse(by, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int offset):
                return new ClockJump(jumper, offset, at, length);
            default:
                return null;
        }
    }

    private static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private string Text(string kind, string what) => FormattableString.Invariant($"{kind}:{what}@{At}+{Length}");
}

/// <summary>Where in a turn a crash happens.</summary>
public enum CrashPoint
{
    /// <summary>Between turns.</summary>
    Now,

    /// <summary>In the next turn that writes, before the sync: the log may be torn.</summary>
    BeforeSync,

    /// <summary>In the next turn that writes, after the sync and before anything is sent.</summary>
    BeforeSend,
}
