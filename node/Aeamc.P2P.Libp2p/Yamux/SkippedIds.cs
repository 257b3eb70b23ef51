namespace Aeamc.P2P.Libp2p.Yamux;

/// <summary>Numbers that the peer has passed over and may still use, each once; of too many the oldest are given up.</summary>
internal sealed class SkippedIds(int capacity)
{
    private readonly HashSet<uint> _ids = [];
    private readonly Queue<uint> _order = new();

    /// <summary>Remembers a number.</summary>
    public void Enqueue(uint id)
    {
        if (_order.Count == capacity)
        {
            _ids.Remove(_order.Dequeue());
        }

        _order.Enqueue(id);
        _ids.Add(id);
    }

    /// <summary>Uses a number; false when it was not passed over, or used since.</summary>
    public bool Remove(uint id) => _ids.Remove(id);
}
