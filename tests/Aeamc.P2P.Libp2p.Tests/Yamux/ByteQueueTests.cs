using Aeamc.P2P.Libp2p.Yamux;

namespace Aeamc.P2P.Libp2p.Tests.Yamux;

public class ByteQueueTests
{
    [Fact]
    public void What_goes_in_comes_out_whatever_the_sizes_and_however_often_it_was_cleared()
    {
        var random = new Random(5);
        var queue = new ByteQueue();
        // Byte n of all that were ever written is n modulo 251.
        int written = 0, read = 0;
        for (int step = 0; step < 3000; step++)
        {
            if (random.Next(2) == 0)
            {
                byte[] bytes = Numbered(written, random.Next(1 << random.Next(1, 18)));
                queue.Write(bytes);
                written += bytes.Length;
            }
            else if (random.Next(100) > 0)
            {
                var bytes = new byte[random.Next(1 << random.Next(1, 19))];
                int count = queue.Read(bytes);
                Assert.Equal(Math.Min(bytes.Length, written - read), count);
                Assert.True(bytes.AsSpan(0, count).SequenceEqual(Numbered(read, count)));
                read += count;
            }
            else
            {
                Assert.Equal(written - read, queue.Clear());
                read = written;
            }

            Assert.Equal(written - read, queue.Count);
        }
    }

    private static byte[] Numbered(int first, int count)
    {
        var bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (byte)((first + i) % 251);
        }

        return bytes;
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
