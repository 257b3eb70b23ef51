namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>What a router counts, each by its name in the metrics.</summary>
public enum RouterCounter
{
    MessagesAccepted,
    MessagesIgnored,
    MessagesRejected,

    /// <summary>Refused before validation: see <see cref="MessageFault"/>.</summary>
    MessagesFaulty,
    MessagesDuplicate,
    MessagesUnknownTopic,
    MessagesOwn,
    MessagesOverload,
    RpcsGraylisted,
    RpcEntriesSkipped,
    ProtocolViolations,
    SubscriptionsOverLimit,
    Grafts,
    Prunes,
    GraftsUnknownTopic,
    GraftsFromDirectPeer,
    GraftsInBackoff,
    GraftsNegativeScore,
    GraftsMeshFull,

    /// <summary>PRUNEs with the longest backoff that is heeded, or a longer one.</summary>
    BackoffsOverLimit,
    IHavesOverLimit,
    IHavesLowScore,
    IWantsOverLimit,
    IDontWantsOverLimit,
    PromisesBroken,
    PeerExchangesRefused,
}
