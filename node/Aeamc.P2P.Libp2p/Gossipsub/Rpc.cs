namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>A subscription or its end.</summary>
public readonly record struct SubscriptionChange(string Topic, bool Subscribe);

/// <summary>An IHAVE: <paramref name="Count"/> ids from <paramref name="Start"/> in <see cref="Rpc.IHaveIds"/>.</summary>
public readonly record struct IHaveRange(string Topic, int Start, int Count);

/// <summary>A PRUNE.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Backoff">How long not to GRAFT; null when the sender speaks v1.0.</param>
/// <param name="Peers">Whom to connect to instead.</param>
public readonly record struct PruneNotice(string Topic, TimeSpan? Backoff, IReadOnlyList<PeerExchangeInfo> Peers);

/// <summary>The message of a v1.3 extension: an RPC field beyond those of the core protocol.</summary>
public readonly record struct ExtensionMessage(int Field, ReadOnlyMemory<byte> Body);

/// <summary>
/// One RPC, read from the wire or to be written. Lists of ids are flat: what one IWANT or three carry means the same.
/// An instance is reused for one RPC after the other.
/// </summary>
public sealed class Rpc
{
    // Room for the longest list of ids that the default caps let through: instances are shared by all streams, so few exist.
    private const int KeptCapacity = 8192;

    public List<SubscriptionChange> Subscriptions { get; private set; } = [];

    public List<RpcMessage> Messages { get; private set; } = [];

    public List<IHaveRange> IHaves { get; } = [];

    public List<MessageId> IHaveIds { get; private set; } = [];

    public List<MessageId> IWantIds { get; private set; } = [];

    public List<string> Grafts { get; } = [];

    public List<PruneNotice> Prunes { get; } = [];

    public List<MessageId> IDontWantIds { get; private set; } = [];

    /// <summary>The bytes of a <c>ControlExtensions</c> (v1.3); null when there is none.</summary>
    public ReadOnlyMemory<byte>? Extensions { get; set; }

    /// <summary>Messages of extensions that this node has.</summary>
    public List<ExtensionMessage> ExtensionMessages { get; } = [];

    /// <summary>Entries left out by the decoder because a cap was reached.</summary>
    public int Skipped { get; set; }

    public bool IsEmpty =>
        Subscriptions.Count == 0 && Messages.Count == 0 && IHaves.Count == 0 && IWantIds.Count == 0
        && Grafts.Count == 0 && Prunes.Count == 0 && IDontWantIds.Count == 0 && Extensions is null && ExtensionMessages.Count == 0;

    /// <summary>Adds an IHAVE.</summary>
    public void AddIHave(string topic, ReadOnlySpan<MessageId> ids)
    {
        IHaves.Add(new IHaveRange(topic, IHaveIds.Count, ids.Length));
        IHaveIds.AddRange(ids);
    }

    /// <summary>Empties it for the next frame; an unusually long list is given back to the collector.</summary>
    public void Clear()
    {
        Subscriptions = Emptied(Subscriptions);
        Messages = Emptied(Messages);
        IHaveIds = Emptied(IHaveIds);
        IWantIds = Emptied(IWantIds);
        IDontWantIds = Emptied(IDontWantIds);
        IHaves.Clear();
        Grafts.Clear();
        Prunes.Clear();
        ExtensionMessages.Clear();
        Extensions = null;
        Skipped = 0;
    }

    private static List<T> Emptied<T>(List<T> list)
    {
        if (list.Capacity > KeptCapacity)
        {
            return [];
        }

        list.Clear();
        return list;
    }
}
