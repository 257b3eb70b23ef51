using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Aeamc.P2P.Libp2p.Gossipsub;

namespace Aeamc.P2P.Benchmarks.Libp2p;

/// <summary>
/// Publishes to a topic, at a rate or as fast as the others keep up (never more than a window ahead of what came from the slowest of them),
/// and counts what arrives between the end of the warm-up and the end.
/// </summary>
internal sealed class GossipLoad
{
    private readonly ITopic _topic;
    private readonly object _gate = new();
    private long[] _newest = [];
    private uint _run;
    private int _author;
    private int _window;
    private long _begin;
    private long _end;
    private long _sequence;
    private readonly List<long> _latencies = new(1 << 20);

    public GossipLoad(ITopic topic)
    {
        _topic = topic;
        topic.OnMessage += message => Arrived(message.Data.Span);
    }

    public async Task<JsonNode> RunAsync(JsonNode command)
    {
        long start = (long)command["start"]!;
        lock (_gate)
        {
            _run = (uint)command["run"]!;
            _author = (int)command["author"]!;
            _window = (int)command["window"]!;
            _newest = new long[(int)command["authors"]!];
            _begin = start + (long)((double)command["warmup"]! * 1e9);
            _end = _begin + (long)((double)command["seconds"]! * 1e9);
            _sequence = 0;
            _latencies.Clear();
        }

        double rate = (double)command["rate"]!;
        int size = (int)command["size"]!;
        Task publishing = Task.Factory.StartNew(() => Publish(start, size, rate), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Clock.UntilAsync(_begin).ConfigureAwait(false);
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long allocated = GC.GetTotalAllocatedBytes();
        await Clock.UntilAsync(_end).ConfigureAwait(false);
        processor = Environment.CpuUsage.TotalTime - processor;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        await publishing.ConfigureAwait(false);
        lock (_gate)
        {
            _run = 0;
            _latencies.Sort();
            return new JsonObject
            {
                ["delivered"] = _latencies.Count,
                ["cpu"] = processor.TotalMicroseconds,
                ["allocated"] = allocated,
                ["p50"] = Percentile(0.5),
                ["p99"] = Percentile(0.99),
            };
        }
    }

    private double Percentile(double share) =>
        _latencies.Count == 0 ? 0 : _latencies[Math.Min(_latencies.Count - 1, (int)(_latencies.Count * share))] / 1e6;

    private void Arrived(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(data[20..]) != _run || _run == 0)
            {
                return;
            }

            long now = Clock.Now;
            ref long newest = ref _newest[BinaryPrimitives.ReadInt32LittleEndian(data)];
            newest = Math.Max(newest, BinaryPrimitives.ReadInt64LittleEndian(data[4..]));
            if (now >= _begin && now < _end)
            {
                _latencies.Add(now - BinaryPrimitives.ReadInt64LittleEndian(data[12..]));
            }

            if (Room() >= _window / 4)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    private void Publish(long start, int size, double rate)
    {
        var payload = new byte[size];
        BinaryPrimitives.WriteInt32LittleEndian(payload, _author);
        BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(20), _run);
        double next = start + (rate > 0 ? _author * 1e9 / rate / _newest.Length : 0);
        Clock.Until(start);
        while (Clock.Now < _end)
        {
            if (rate > 0)
            {
                for (; next <= Clock.Now; next += 1e9 / rate)
                {
                    PublishOne(payload);
                }

                Clock.Until(Clock.Now + 1_000_000);
            }
            else if (HasRoom())
            {
                PublishOne(payload);
            }
        }
    }

    private void PublishOne(byte[] payload)
    {
        BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(4), Interlocked.Increment(ref _sequence));
        BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(12), Clock.Now);
        _topic.Publish(payload);
    }

    // When the window is closed, waits until a quarter of it is open: as bench.mjs does.
    private bool HasRoom()
    {
        lock (_gate)
        {
            return Room() > 0 || (Monitor.Wait(_gate, 100) && Room() > 0);
        }
    }

    private long Room()
    {
        long slowest = long.MaxValue;
        for (int i = 0; i < _newest.Length; i++)
        {
            if (i != _author)
            {
                slowest = Math.Min(slowest, _newest[i]);
            }
        }

        return _window + slowest - Interlocked.Read(ref _sequence);
    }
}
