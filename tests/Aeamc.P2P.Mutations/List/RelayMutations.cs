using static Aeamc.P2P.Mutations.List.Source;

namespace Aeamc.P2P.Mutations.List;

/// <summary>Rule 13: who sends a certificate and who asks for one.</summary>
internal static class RelayMutations
{
    internal static IReadOnlyList<Mutation> List { get; } =
    [
        Consensus("relay-never", "13", "no certificate is sent by anybody",
            new Edit(Certificates, "if (source == Source.Assembled && Relays(certificate))", "if (source == Source.Assembled && _halted)")),
        Consensus("relay-always", "13", "every certificate is sent by everybody",
            new Edit(Certificates, "if (source == Source.Assembled && Relays(certificate))", "if (source == Source.Assembled)")),
        Consensus("relay-received", "13", "sends on what it received",
            new Edit(Certificates, "if (source == Source.Assembled && Relays(certificate))", "if (Relays(certificate))")),
        Consensus("relay-nullification", "13", "a nullification is sent by one leader only",
            new Edit(Relays, "VoteKind.Nullify => 3,", "VoteKind.Nullify => 1,")),
        Consensus("ask-too-early", "13", "asks what ended its view though f members alone say that it did",
            new Edit(Core, "state.Votes.Voters > _committee.MaximumFaulty)", "state.Votes.Voters >= _committee.MaximumFaulty)")),
        Consensus("ask-never", "13", "never asks what ended its view",
            new Edit(Core, "            AskWhatEndedThisView(vote.Voter);", "            _ = own;")),
        Consensus("ask-often", "13", "asks what ended its view with every vote",
            new Edit(Relays, "            state.AskedWhatEnded = true;\n", "")),
        Consensus("ask-when-behind", "13", "does not ask when a notarization shows that it is views behind",
            new Edit(Certificates, "            AskAnyone(certificate.View);", "            _ = state;")),
    ];
}
