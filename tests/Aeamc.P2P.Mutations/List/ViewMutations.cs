using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>Rules 1, 7, 10 and 11: entering a view, giving it up, repeating.</summary>
internal static class ViewMutations
{
    internal static IReadOnlyList<Mutation> List { get; } =
    [
        Consensus("view-backwards", "1", "enters a view that lies behind",
            new Edit(Views, "if (view <= _view || _halted)", "if (view == _view || _halted)")),
        Consensus("silent-without-quorum", "1", "takes a leader for silent though no quorum was heard either",
            new Edit(Views, "return active >= _committee.Quorum;", "return true;")),
        Consensus("heard-far-ahead", "1", "takes a member's word that it is a thousand views ahead for its being heard",
            new Edit(Core, "if (_committee.Contains(heard.Member) && heard.View <= _view.Next)", "if (_committee.Contains(heard.Member))")),
        Consensus("nullify-old-timer", "7", "a timer of a view that is over nullifies the current one",
            new Edit(Views, "if (view != _view)\n        {\n            return;\n        }\n\n        switch (kind)", "switch (kind)")),
        Consensus("nullify-cancelled-timer", "7", "a leader timer that was cancelled nullifies",
            new Edit(Views, "case TimerKind.Leader when _leaderTimerArmed:", "case TimerKind.Leader:"),
            new Edit(Views, "case TimerKind.Leader or TimerKind.Advance:", "case TimerKind.Advance:")),
        Consensus("nullify-twice", "7", "nullifies one view again and again",
            new Edit(Views, "if (_self is null || state.OwnNullify || state.OwnFinalize is not null)", "if (_self is null || state.OwnFinalize is not null)")),
        Consensus("nullify-anyones", "7", "nullifies on any member's Nullify, not on the leader's alone",
            new Edit(Core, "if (vote.Statement.Kind == VoteKind.Nullify && view == _view && vote.Voter == _leaders.LeaderOf(view))", "if (vote.Statement.Kind == VoteKind.Nullify && view == _view)")),
        Consensus("nullify-other-view", "7", "nullifies the current view on a leader's Nullify of another",
            new Edit(Core, "if (vote.Statement.Kind == VoteKind.Nullify && view == _view && vote.Voter", "if (vote.Statement.Kind == VoteKind.Nullify && vote.Voter")),
        Consensus("nullify-observer", "7", "an observer, who has no vote, nullifies",
            new Edit(Views, "if (_self is null || state.OwnNullify", "if (state.OwnNullify"),
            new Edit(Core, "private bool CanVote(View view) => _self is not null && view", "private bool CanVote(View view) => view")),
        Consensus("repeat-finalization", "10", "does not repeat the highest finalization",
            new Edit(Views, "        BroadcastIfHeld(_finalization);\n", "")),
        Consensus("repeat-certificates", "10", "does not repeat the nullifications above it",
            new Edit(Views, "            BroadcastIfHeld(state.Nullification);\n", "")),
        Consensus("repeat-notarizations", "10", "does not repeat the notarizations above it",
            new Edit(Views, "            BroadcastIfHeld(state.Notarization);\n", "")),
        Consensus("repeat-notarize", "10", "does not repeat its own Notarize",
            new Edit(Views, "                BroadcastIfHeld(state.Votes.Find(VoteKind.Notarize, self));", "                _ = self;")),
        Consensus("repeat-nullify", "10", "does not repeat its own Nullify",
            new Edit(Views, "            BroadcastIfHeld(state.Votes.Find(VoteKind.Nullify, self));\n", "")),
        Consensus("repeat-finalize", "10", "does not repeat its own Finalize",
            new Edit(Views, "            BroadcastIfHeld(state.Votes.Find(VoteKind.Finalize, self));\n", "")),
        Consensus("repeat-proposal", "10", "does not repeat its own proposal",
            new Edit(Views, "                BroadcastIfHeld(state.Proposal);", "                _ = state;")),
        Consensus("ask-again", "10", "does not ask again for what it lacks",
            new Edit(Views, "                    AskAgain();\n", "")),
        Consensus("timeout-growth", "11", "timeouts do not grow",
            new Edit(Views, "delay = delay * _options.GrowthPercent / 100;", "delay = delay * 100 / 100;")),
        Consensus("timeout-limit", "11", "timeouts grow without limit",
            new Edit(Views, "i < beyond && delay < _options.MaximumNetworkDelay; i++", "i < beyond; i++"),
            new Edit(Views, "return (int)Math.Min(delay, Math.Max(_options.NetworkDelay, _options.MaximumNetworkDelay));", "return (int)Math.Min(delay, int.MaxValue / 4);")),
    ];
}
