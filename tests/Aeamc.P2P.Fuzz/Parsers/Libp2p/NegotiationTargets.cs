using System.Text;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Multistream;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>multistream-select, on either side, against <see cref="MultistreamModel"/>.</summary>
internal static class NegotiationTargets
{
    private static readonly string[] Proposed = ["/a/1", MultistreamGrammar.Supported];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("multistream", [Lines("/multistream/1.0.0", "/noise"), Lines("/multistream/1.0.0", "/nothing/1", "/ipfs/ping/1.0.0"), Lines("/multistream/1.0.0", "na", "/noise")],
            [Lines("/noise"), Lines("na"), Lines("ls")], RunMultistream)
        {
            Grammar = new MultistreamGrammar(),
        },
    ];

    private static byte[] Lines(params string[] lines) => [.. lines.SelectMany(line => (byte[])[(byte)(line.Length + 1), .. Encoding.ASCII.GetBytes(line), (byte)'\n'])];

    private static string RunMultistream(byte[] input)
    {
        var model = new MultistreamModel(input);
        string expected = model.Listen(MultistreamGrammar.Supported);
        var channel = new BytesChannel(input);
        string listened = Outcome(MultistreamSelect.ListenAsync(channel, static protocol => protocol == MultistreamGrammar.Supported, default));
        Same("listening", expected, listened);
        FuzzTarget.Require(channel.Written.AsSpan().SequenceEqual(Lines([.. model.Answers])), "the listener answers line by line");
        FuzzTarget.Require(expected != MultistreamModel.Agreed || channel.Taken == model.At, "what follows the negotiation is left to the protocol");
        Same("dialling", new MultistreamModel(input).Dial(Proposed), Outcome(MultistreamSelect.DialAsync(new BytesChannel(input), Proposed, default)));
        Same("confirming", new MultistreamModel(input).Dial(MultistreamGrammar.Supported), Outcome(ConfirmAsync(input)));
        return listened;
    }

    private static async ValueTask<string?> ConfirmAsync(byte[] input) =>
        await MultistreamSelect.ConfirmAsync(new BytesChannel(input), MultistreamGrammar.Supported, default).ConfigureAwait(false) ? "" : null;

    private static void Same(string what, string expected, string found) => FuzzTarget.Require(expected == found, $"{what} ends in '{found}' instead of '{expected}'");

    // Only what the protocol's code says it throws.
    private static string Outcome(ValueTask<string?> negotiation)
    {
        try
        {
            return negotiation.AsTask().GetAwaiter().GetResult() is null ? MultistreamModel.NoAgreement : MultistreamModel.Agreed;
        }
        catch (MultistreamException e)
        {
            return e.Reason;
        }
        catch (ChannelClosedException e) when (e.Reason == ChannelCloseReason.EndedInsideMessage)
        {
            return MultistreamModel.CutOff;
        }
    }
}
