using System.Text;
using Aeamc.P2P.Libp2p.Gossipsub;

namespace Aeamc.P2P.Node.Hosting;

/// <summary>What gossipsub refused, by the names under which the node's status shows refusals: <c>gossip-grafts-in-backoff</c> and the like.</summary>
internal static class GossipRefusals
{
    private static readonly (RouterCounter Counter, string Name)[] Counters =
    [
        .. ((RouterCounter[])
        [
            RouterCounter.MessagesRejected, RouterCounter.MessagesUnknownTopic, RouterCounter.MessagesOverload, RouterCounter.RpcsGraylisted,
            RouterCounter.RpcEntriesSkipped, RouterCounter.ProtocolViolations, RouterCounter.SubscriptionsOverLimit, RouterCounter.GraftsUnknownTopic,
            RouterCounter.GraftsFromDirectPeer, RouterCounter.GraftsInBackoff, RouterCounter.GraftsNegativeScore, RouterCounter.BackoffsOverLimit, RouterCounter.IHavesOverLimit,
            RouterCounter.IHavesLowScore, RouterCounter.IWantsOverLimit, RouterCounter.IDontWantsOverLimit, RouterCounter.PromisesBroken,
            RouterCounter.PeerExchangesRefused,
        ]).Select(counter => (counter, Name(counter.ToString()))),
    ];

    private static readonly (MessageFault Fault, string Name)[] Faults =
        [.. Enum.GetValues<MessageFault>().Where(fault => fault != MessageFault.None).Select(fault => (fault, Name($"Message{fault}")))];

    /// <summary>Those that happened.</summary>
    public static IEnumerable<KeyValuePair<string, long>> Of(PubsubRouter pubsub) =>
        Counters.Select(item => KeyValuePair.Create(item.Name, pubsub.Counter(item.Counter)))
            .Concat(Faults.Select(item => KeyValuePair.Create(item.Name, pubsub.Counter(item.Fault))))
            .Where(pair => pair.Value > 0);

    // IWantsOverLimit: gossip-iwants-over-limit.
    private static string Name(string pascal)
    {
        var name = new StringBuilder("gossip");
        for (int i = 0; i < pascal.Length; i++)
        {
            if (char.IsUpper(pascal[i]) && (i == 0 || char.IsLower(pascal[i - 1])))
            {
                name.Append('-');
            }

            name.Append(char.ToLowerInvariant(pascal[i]));
        }

        return name.ToString();
    }
}
