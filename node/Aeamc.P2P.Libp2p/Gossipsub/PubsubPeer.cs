using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Gossipsub;

/// <summary>One connected peer as <see cref="PubsubRouter"/> serves it: what waits for it, and what of it is being judged.</summary>
internal sealed class PubsubPeer(PeerInfo info, PubsubSettings settings) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _gone = new();
    private TaskCompletionSource? _room;
    private int _validations;
    private int _validationBytes;
    private bool _disposed;

    public PeerId Id { get; } = info.Id;

    public PeerInfo Info { get; } = info;

    public OutgoingQueue Queue { get; } = new(settings.MaxQueuedBytesPerPeer);

    /// <summary>Cancelled when the peer is gone. Asked for once, before anything can dispose of the peer.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>Whether the core knows it: one of the streams has told the protocol.</summary>
    public bool Registered { get; set; }

    /// <summary>Whether its queue ran over.</summary>
    public bool IsSlow { get; set; }

    /// <summary>The stream it sends on.</summary>
    public PeerStream? Inbound { get; set; }

    /// <summary>Ends what is done for the peer; nothing when it has ended already.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _gone.Cancel();
            }
        }
    }

    public void BeginValidation(int bytes)
    {
        lock (_gate)
        {
            _validations++;
            _validationBytes += bytes;
        }
    }

    public void EndValidation(int bytes)
    {
        TaskCompletionSource? room = null;
        lock (_gate)
        {
            _validations--;
            _validationBytes -= bytes;
            if (!IsFull)
            {
                (room, _room) = (_room, null);
            }
        }

        room?.TrySetResult();
    }

    /// <summary>Waits until fewer messages of the peer are under validation: the back pressure on its stream.</summary>
    public Task RoomAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!IsFull)
            {
                return Task.CompletedTask;
            }

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task.WaitAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _gone.Dispose();
            Queue.Dispose();
        }
    }

    private bool IsFull => _validations >= settings.MaxValidationsPerPeer || _validationBytes >= settings.MaxRpcBytes;
}
