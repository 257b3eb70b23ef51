namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>A topic joined through a <see cref="PubsubRouter"/>.</summary>
internal sealed class JoinedTopic(PubsubRouter router, string name, MessageValidator validator) : ITopic
{
    public event TopicMessageHandler? OnMessage;

    public string Name { get; } = name;

    public MessageValidator Validator { get; } = validator;

    public int Publish(ReadOnlySpan<byte> data) => router.Publish(Name, data);

    public void Unsubscribe() => router.Unsubscribe(this);

    public void Raise(PubsubMessage message) => OnMessage?.Invoke(message);
}
