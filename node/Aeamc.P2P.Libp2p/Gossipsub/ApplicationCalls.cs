using System.Collections.Concurrent;
using Aeamc.P2P.Libp2p.Hosting;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>
/// Calls the application: validators, which may take their time, and subscribers. What they throw is our fault and costs no
/// peer anything.
/// </summary>
internal sealed class ApplicationCalls(
    ConcurrentDictionary<string, JoinedTopic> joined, ILibp2pHost host, TaskTracker tasks, Action<Libp2pLogLevel, string> log, CancellationToken stopping)
{
    /// <summary>Has a message judged. The verdict is told at once if the validator has it at once.</summary>
    /// <param name="output">A <see cref="RouterOutputKind.Validate"/>.</param>
    /// <param name="source">The peer whose stream waits if too many of its messages are being judged.</param>
    /// <param name="tell">Takes the verdict.</param>
    public void Validate(RouterOutput output, PubsubPeer? source, Action<RouterInput.Validated> tell)
    {
        PubsubMessage message = output.Message;
        if (!joined.TryGetValue(message.Topic, out JoinedTopic? topic))
        {
            tell(new RouterInput.Validated(message.Id, MessageValidity.Ignore));
            return;
        }

        ValueTask<MessageValidity> verdict;
        try
        {
            verdict = topic.Validator(output.Peer, message.Data, stopping);
        }
        catch (Exception e)
        {
            verdict = ValueTask.FromException<MessageValidity>(e);
        }

        if (verdict.IsCompletedSuccessfully)
        {
            tell(new RouterInput.Validated(message.Id, verdict.Result));
            return;
        }

        ValidateLater(message, verdict, source, tell);
    }

    /// <summary>Hands a message to the subscriber.</summary>
    public void Deliver(PubsubMessage message)
    {
        try
        {
            joined.GetValueOrDefault(message.Topic)?.Raise(message);
        }
        catch (Exception e)
        {
            // A subscriber's fault must not cost the peer its stream.
            host.Refusals.Count("pubsub-subscriber-failed");
            log(Libp2pLogLevel.Warning, $"a subscriber of {message.Topic} failed: {e}");
        }
    }

    // Apart from Validate, whose usual way then makes no closure.
    private void ValidateLater(PubsubMessage message, ValueTask<MessageValidity> verdict, PubsubPeer? source, Action<RouterInput.Validated> tell)
    {
        source?.BeginValidation(message.DataLength);
        tasks.Run(() => ValidateAsync(message, verdict, source, tell));
    }

    private async Task ValidateAsync(PubsubMessage message, ValueTask<MessageValidity> pending, PubsubPeer? source, Action<RouterInput.Validated> tell)
    {
        MessageValidity verdict = MessageValidity.Ignore;
        try
        {
            verdict = await pending.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            // Our fault, not the sender's: the message goes nowhere and nobody is blamed.
            host.Refusals.Count("pubsub-validator-failed");
            log(Libp2pLogLevel.Warning, $"the validator of {message.Topic} failed: {e}");
        }
        finally
        {
            source?.EndValidation(message.DataLength);
        }

        tell(new RouterInput.Validated(message.Id, verdict));
    }
}
