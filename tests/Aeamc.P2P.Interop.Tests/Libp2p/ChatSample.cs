using System.Text;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Gossipsub;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Interop.Tests.Libp2p;

/// <summary>A chat with anyone who speaks gossipsub: what is typed goes to the topic, what comes from it is printed. The README shows it.</summary>
public static class ChatSample
{
    public static async Task RunAsync(string peer, string topic, TextReader typed, TextWriter printed)
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        await using var host = new Libp2pHost(new Libp2pHostOptions { Identity = key });
        await using var pubsub = new PubsubRouter(host, new PubsubSettings { SignaturePolicy = SignaturePolicy.StrictSign }, key);

        ITopic chat = pubsub.Subscribe(topic, (_, data, _) =>
            ValueTask.FromResult(data.Length <= 1024 ? MessageValidity.Accept : MessageValidity.Reject));
        chat.OnMessage += message => printed.WriteLine($"{message.Author}: {Encoding.UTF8.GetString(message.Data.Span)}");

        pubsub.Start();
        await host.StartAsync();
        PeerId friend = await host.ConnectAsync(Multiaddress.Parse(peer));
        printed.WriteLine($"{host.LocalPeer} chats with {friend}");

        while (await typed.ReadLineAsync() is { } line)
        {
            chat.Publish(Encoding.UTF8.GetBytes(line));
        }
    }
}
