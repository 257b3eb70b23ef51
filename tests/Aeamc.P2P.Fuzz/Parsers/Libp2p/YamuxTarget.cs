using Aeamc.P2P.Libp2p.Yamux;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>Yamux frames, however the network cuts them.</summary>
internal static class YamuxTarget
{
    private static readonly string[] Violations =
    [
        "yamux-bad-header", "yamux-frame-flood", "yamux-bad-stream-id", "yamux-unknown-stream", "yamux-frame-too-long", "yamux-credit-overflow", "yamux-window-overrun",
        "yamux-receive-buffer-full",
    ];

    public static FuzzTarget Target { get; } = new("yamux", Seeds(), [.. Seeds().Select(seed => seed[..YamuxHeader.Size])], Run) { Grammar = new YamuxGrammar() };

    private static byte[][] Seeds() => [.. Enumerable.Range(0, 3).Select(static i => new YamuxGrammar().Sound(new Random(i)).Bytes).Select(static all => all[..Math.Min(2000, all.Length)])];

    private static string Run(byte[] input)
    {
        using var small = new YamuxListener();
        using var whole = new YamuxListener();
        string? violation = small.Take(input, static i => 1 + (i * 7 % 40));
        FuzzTarget.Require(violation == whole.Take(input, static _ => int.MaxValue), "where the network cuts makes no difference");
        // Of the frame that is a violation more or less may have come.
        FuzzTarget.Require(violation is not null || (small.StreamCount == whole.StreamCount && small.Held == whole.Held), "where the network cuts makes no difference to what came");
        FuzzTarget.Require(small.StreamCount <= YamuxGrammar.MaxStreams + 1, "no more streams than allowed");
        FuzzTarget.Require(small.Held >= 0 && small.Held <= input.Length, "no more is held than came");
        return violation is null ? FuzzTarget.Taken : FuzzTarget.Named(violation, Violations);
    }
}
