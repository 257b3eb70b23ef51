using Aeamc.P2P.Libp2p.Yamux;

namespace Aeamc.P2P.Libp2p.Tests.Yamux;

public class ByteQueueTests
{
    [Fact]
    public void What_goes_in_comes_out_whatever_the_sizes_and_however_often_it_was_cleared()
    {
        var random = new Random(5);
        var queue = new ByteQueue();
        var model = new Queue<byte>();
        for (int step = 0; step < 3000; step++)
        {
            if (random.Next(2) == 0)
            {
                var bytes = new byte[random.Next(1 << random.Next(1, 18))];
                random.NextBytes(bytes);
                queue.Write(bytes);
                Array.ForEach(bytes, model.Enqueue);
            }
            else if (random.Next(100) > 0)
            {
                var bytes = new byte[random.Next(1 << random.Next(1, 19))];
                int count = queue.Read(bytes);
                Assert.Equal(Math.Min(bytes.Length, model.Count), count);
                Assert.All(bytes[..count], value => Assert.Equal(model.Dequeue(), value));
            }
            else
            {
                Assert.Equal(model.Count, queue.Clear());
                model.Clear();
            }

            Assert.Equal(model.Count, queue.Count);
        }
    }

    [Fact]
    public void Two_queues_never_share_memory_though_both_give_it_back_and_take_it_again()
    {
        ByteQueue left = new(), right = new();
        byte[] ones = [.. Enumerable.Repeat((byte)1, 50_000)], twos = [.. Enumerable.Repeat((byte)2, 50_000)];
        var read = new byte[50_000];
        for (int i = 0; i < 50; i++)
        {
            left.Write(ones);
            right.Write(twos);
            Assert.Equal(50_000, left.Read(read));
            Assert.Equal(ones, read);
            left.Write(ones);
            Assert.Equal(50_000, right.Read(read));
            Assert.Equal(twos, read);
            // Cleared and read to its end beside each other: each segment goes back once.
            Assert.Equal(50_000, left.Clear());
            Assert.Equal(0, left.Clear());
            Assert.Equal(0, right.Read(read));
        }
    }
}
