using Aeamc.P2P.Fuzz.Parsers;

namespace Aeamc.P2P.Node.Tests.Hostile;

/// <summary>The grammars of the fuzzer: what they write soundly is taken as it was meant, and what they change reaches the refusals that have names.</summary>
public sealed class GrammarTests
{
    private const int SoundInputs = 300;
    private const int ChangedInputs = 6000;

    public static TheoryData<string> Structured => [.. AllTargets.List.Where(target => target.Grammar is not null).Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Structured))]
    public void What_is_sound_is_taken_as_it_was_meant(string parser)
    {
        FuzzTarget target = Target(parser);
        for (int seed = 0; seed < SoundInputs; seed++)
        {
            FuzzInput input = target.Grammar!.Sound(new Random(seed));
            Assert.Null(Fuzzer.Try(target, input, out string outcome));
            Assert.Contains(outcome, (string[])[FuzzTarget.Taken, "agreed", "muxer left open", ""]);
        }
    }

    [Theory]
    [InlineData("multiaddr", "taken", "refused")]
    [InlineData("multiaddr-text", "taken", "refused")]
    [InlineData("multistream", "agreed", "no agreement", "cut off", "multistream-wrong-header", "multistream-line-too-long", "multistream-no-newline", "multistream-too-many-proposals")]
    [InlineData("noise-payload", "taken", "muxer left open", "noise-bad-payload", "noise-bad-identity-key", "noise-bad-signature", "noise-no-common-muxer")]
    [InlineData("yamux", "taken", "yamux-bad-header", "yamux-bad-stream-id", "yamux-unknown-stream", "yamux-frame-too-long", "yamux-credit-overflow", "yamux-window-overrun", "yamux-frame-flood")]
    [InlineData("pubsub-rpc", "taken", "taken in part", "BadVarint", "LengthOutOfBounds", "BadTag", "BadTopic", "TooManyEntries")]
    [InlineData("pubsub-signed-message", "taken", "MissingSignature", "WrongAuthor", "BadSignature", "BadTopic")]
    [InlineData("identify", "taken", "identify-malformed", "identify-wrong-key", "identify-bad-record")]
    [InlineData("peer-record", "taken", "refused")]
    public void What_is_changed_meets_the_refusals_by_name(string parser, params string[] names)
    {
        var outcomes = new Dictionary<string, long>(StringComparer.Ordinal);
        Assert.Null(Fuzzer.Run(Target(parser), seed: 2, first: 0, ChangedInputs, outcomes: outcomes));
        Assert.Superset(names.ToHashSet(), outcomes.Keys.ToHashSet());
    }

    private static FuzzTarget Target(string parser) => AllTargets.List.Single(target => target.Name == parser);
}
