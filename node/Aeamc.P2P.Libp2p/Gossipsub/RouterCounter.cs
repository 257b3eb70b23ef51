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
    IHavesOverLimit,
    IHavesLowScore,
    IWantsOverLimit,
    IDontWantsOverLimit,
    PromisesBroken,
    PeerExchangesRefused,
}
