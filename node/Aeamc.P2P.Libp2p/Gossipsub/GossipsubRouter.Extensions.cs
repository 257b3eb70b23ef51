namespace Aeamc.P2P.Libp2p.Gossipsub;

// Extensions (gossipsub v1.3, The Extensions Control Message).
public sealed partial class GossipsubRouter
{
    private void OnExtensions(RouterPeer peer, Rpc rpc)
    {
        bool first = !peer.Greeted;
        peer.Greeted = true;
        if (rpc.Extensions is { } announced)
        {
            if (first && peer.Version >= GossipsubVersion.V13)
            {
                OnAnnounced(peer, announced);
            }
            else
            {
                Count(RouterCounter.ExtensionsLate);
                ScoreKeeper.Penalise(peer.Score, 1);
            }
        }

        foreach (ExtensionMessage message in rpc.ExtensionMessages)
        {
            // Of who did not announce the extension it is an unknown field.
            if (peer.Extensions?.Find(extension => extension.Field == message.Field) is { } extension)
            {
                Answer(peer, extension, extension.OnMessage(peer.Id, message.Body));
            }
        }
    }

    private void OnAnnounced(RouterPeer peer, ReadOnlyMemory<byte> announced)
    {
        List<int> fields = ExtensionAnnouncement.Decode(announced.Span, _settings.Extensions);
        peer.Extensions = [.. _settings.Extensions.Where(extension => fields.Contains(extension.Field))];
        foreach (IPubsubExtension extension in peer.Extensions)
        {
            Answer(peer, extension, extension.OnAnnounced(peer.Id));
        }
    }

    private void Answer(RouterPeer peer, IPubsubExtension extension, ReadOnlyMemory<byte>? body)
    {
        if (body is { } message)
        {
            Control(peer).ExtensionMessages.Add(new ExtensionMessage(extension.Field, message));
        }
    }

    private static void ForgetExtensions(RouterPeer peer)
    {
        peer.Extensions?.ForEach(extension => extension.OnDisconnected(peer.Id));
        peer.Extensions = null;
    }
}
