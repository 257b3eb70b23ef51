using System.Text;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Multistream;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>One line.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Newline">Whether the newline, which counts in its length, is there.</param>
/// <param name="Lie">How much the length that is written differs from the true one.</param>
internal sealed record MultistreamLine(byte[] Text, bool Newline = true, long Lie = 0);

/// <summary>One side of a negotiation.</summary>
internal sealed class MultistreamTalk(List<MultistreamLine> lines, byte[] after)
{
    public List<MultistreamLine> Lines { get; } = lines;

    /// <summary>What follows the negotiation and belongs to the protocol agreed on.</summary>
    public byte[] After { get; } = after;
}

/// <summary>What a dialler sends: lines behind their lengths.</summary>
internal sealed class MultistreamGrammar : Grammar<MultistreamTalk>
{
    public const string Supported = "/noise";

    private static readonly byte[][] Lines =
        [.. ((string[])[ProtocolIds.Multistream, Supported, "/noise ", "/nois", "na", "ls", "", "\n", "/tls/1.0.0", "/yamux/1.0.0", "/multistream/1.0.1"]).Select(Encoding.ASCII.GetBytes)];

    private static readonly int[] Lengths = [0, 1, 126, 127, 128, MultistreamSelect.MaxLine - 2, MultistreamSelect.MaxLine - 1, MultistreamSelect.MaxLine, 16_383, 16_384];

    protected override MultistreamTalk Make(Random random)
    {
        List<MultistreamLine> lines = [new(Lines[0])];
        int guesses = random.Next(4) == 0 ? random.Next(64) : random.Next(3);
        for (int i = 0; i < guesses; i++)
        {
            lines.Add(new MultistreamLine(Encoding.ASCII.GetBytes("/" + Draw.Text(random, random.Next(8) == 0 ? MultistreamSelect.MaxLine - 2 : random.Next(40)))));
        }

        lines.Add(new MultistreamLine(Encoding.ASCII.GetBytes(Supported)));
        return new MultistreamTalk(lines, Draw.Bytes(random, random.Next(40)));
    }

    protected override void Change(MultistreamTalk model, Random random)
    {
        List<MultistreamLine> lines = model.Lines;
        if (lines.Count == 0)
        {
            lines.Add(new MultistreamLine(Draw.Of(random, Lines)));
        }

        int at = random.Next(lines.Count);
        switch (random.Next(8))
        {
            case 0:
                lines.RemoveAt(at);
                break;
            case 1:
                // As many guesses as there may be, and more.
                lines.InsertRange(at, Enumerable.Repeat(lines[at], 1 << random.Next(8)));
                break;
            case 2:
                int other = random.Next(lines.Count);
                (lines[at], lines[other]) = (lines[other], lines[at]);
                break;
            case 3:
                lines.Insert(at, new MultistreamLine(Draw.Of(random, Lines)));
                break;
            case 4:
                lines[at] = lines[at] with { Text = Mutator.ChangeLeaf(lines[at].Text, random) };
                break;
            case 5:
                lines[at] = lines[at] with { Text = Encoding.ASCII.GetBytes(Draw.Text(random, Draw.Of(random, Lengths))) };
                break;
            case 6:
                lines[at] = lines[at] with { Newline = !lines[at].Newline };
                break;
            default:
                lines[at] = lines[at] with { Lie = random.Next(3) switch { 0 => 1, 1 => -1, _ => Draw.UInt32(random) } };
                break;
        }
    }

    protected override byte[] Write(MultistreamTalk model)
    {
        var bytes = new List<byte>();
        Span<byte> prefix = stackalloc byte[UVarint.MaxLength];
        foreach (MultistreamLine line in model.Lines)
        {
            bytes.AddRange(prefix[..UVarint.Write(prefix, (ulong)Math.Max(0, line.Text.Length + (line.Newline ? 1 : 0) + line.Lie))]);
            bytes.AddRange(line.Text);
            if (line.Newline)
            {
                bytes.Add((byte)'\n');
            }
        }

        return [.. bytes, .. model.After];
    }

    protected override void Check(MultistreamTalk model, byte[] bytes)
    {
        // No line is longer than two bytes' length says, so each costs its text, a newline and one or two bytes.
        var channel = new BytesChannel(bytes);
        string? agreed = MultistreamSelect.ListenAsync(channel, static protocol => protocol == Supported, default).AsTask().GetAwaiter().GetResult();
        FuzzTarget.Require(agreed == Supported, "a dialler who proposes what is supported gets it");
        FuzzTarget.Require(bytes.AsSpan(channel.Taken).SequenceEqual(model.After), "what follows the negotiation is left to the protocol");
    }
}
