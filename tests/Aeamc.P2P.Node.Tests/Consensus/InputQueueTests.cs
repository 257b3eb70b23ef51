using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Consensus;

public class InputQueueTests
{
    private static readonly Input Some = new Input.BuildFailed(new View(1));

    [Fact]
    public void Messages_of_peers_are_dropped_and_counted_when_it_is_full_but_answers_always_fit()
    {
        var queue = new InputQueue();
        for (int i = 0; i < InputQueue.Capacity; i++)
        {
            Assert.True(queue.OfferFromPeer(Some));
        }

        Assert.False(queue.OfferFromPeer(Some));
        queue.Answer(new Input.WorkWaiting(true));

        Assert.Equal(1, queue.Dropped);
        var drained = new List<Input>();
        Assert.True(queue.Drain(drained, int.MaxValue, TimeSpan.Zero));
        Assert.Equal(InputQueue.Capacity + 1, drained.Count);
        Assert.IsType<Input.WorkWaiting>(drained[^1]);
    }

    [Fact]
    public void A_turn_takes_no_more_than_it_asked_for_and_leaves_the_rest()
    {
        var queue = new InputQueue();
        for (ulong i = 0; i < 10; i++)
        {
            queue.Answer(new Input.BuildFailed(new View(i)));
        }

        var drained = new List<Input> { Some };
        queue.Drain(drained, 4, TimeSpan.Zero);
        Assert.Equal([1, 0, 1, 2], drained.Cast<Input.BuildFailed>().Select(input => (int)input.View.Value));

        drained.Clear();
        queue.Drain(drained, 100, TimeSpan.Zero);
        Assert.Equal(7, drained.Count);
    }

    [Fact]
    public async Task The_reader_is_woken_by_an_input_and_by_the_end()
    {
        var queue = new InputQueue();
        Task<bool> reading = Task.Run(() => queue.Drain([], 1, TimeSpan.FromMinutes(5)));
        queue.Answer(Some);
        Assert.True(await reading.WaitAsync(TimeSpan.FromSeconds(30)));

        reading = Task.Run(() => queue.Drain([], 1, TimeSpan.FromMinutes(5)));
        queue.Close();
        Assert.False(await reading.WaitAsync(TimeSpan.FromSeconds(30)));
    }
}
