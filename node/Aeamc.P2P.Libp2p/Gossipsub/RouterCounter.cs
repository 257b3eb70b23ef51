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

    /// <summary>Messages of others sent on to a peer.</summary>
    ForwardsSent,

    /// <summary>Forwards that wait a moment, because the peer probably has the message.</summary>
    ForwardsHeld,

    /// <summary>Forwards that waited and were not needed.</summary>
    ForwardsSaved,
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
    PrunesUnknownTopic,
    IHavesOverLimit,
    IHavesLowScore,
    IWantsOverLimit,

    /// <summary>Ids not asked of a peer because another one was asked already.</summary>
    IWantsDeferred,

    /// <summary>Ids asked of a second peer because the first did not answer.</summary>
    IWantsRepeated,
    IDontWantsOverLimit,
    PromisesBroken,
    PeerExchangesRefused,

    /// <summary>Extensions announced twice, or elsewhere than in the first RPC.</summary>
    ExtensionsLate,
}
