using System.Buffers.Binary;
using Aeamc.P2P.Libp2p.Yamux;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>A frame as it stands on the wire, right or wrong.</summary>
/// <param name="Type">See <see cref="YamuxFrameType"/>.</param>
/// <param name="Flags">See <see cref="YamuxFlags"/>.</param>
/// <param name="Id">The stream.</param>
/// <param name="Length">What the header says; of a data frame the payload's length.</param>
/// <param name="Payload">What follows the header.</param>
internal sealed record YamuxFrame(byte Type, ushort Flags, uint Id, uint Length, byte[] Payload)
{
    public byte Version { get; init; }

    public YamuxFrame(YamuxFrameType type, YamuxFlags flags, uint id, uint length)
        : this((byte)type, (ushort)flags, id, length, [])
    {
    }

    public static YamuxFrame Data(YamuxFlags flags, uint id, byte[] payload) => new((byte)YamuxFrameType.Data, (ushort)flags, id, (uint)payload.Length, payload);
}

/// <summary>What a dialler sends, frame by frame, and what the listener must have of each stream in the end.</summary>
internal sealed class YamuxTalk
{
    public List<YamuxFrame> Frames { get; } = [];

    /// <summary>The bytes of the streams that the dialler opened and did not reset.</summary>
    public SortedDictionary<uint, List<byte>> Streams { get; } = [];
}

/// <summary>The frames of a dialler who keeps to the rules, and then breaks them in a place or two.</summary>
internal sealed class YamuxGrammar : Grammar<YamuxTalk>
{
    /// <summary>Streams that the listener takes.</summary>
    public const int MaxStreams = 8;

    /// <summary>The stream that the listener opened.</summary>
    public const uint OfListener = 2;

    private const int MostBytes = 100_000;

    protected override YamuxTalk Make(Random random)
    {
        var talk = new YamuxTalk();
        var open = new List<uint>();
        uint next = 1;
        int left = MostBytes;
        for (int i = random.Next(1, 40); i > 0; i--)
        {
            byte[] data = Draw.Bytes(random, Math.Min(left, random.Next(8) switch { 0 => 0, 1 => random.Next(20_000), _ => random.Next(200) }));
            switch (random.Next(9))
            {
                case <= 1 when (next + 1) / 2 <= MaxStreams:
                    // Opened by a window update, or by its first data.
                    talk.Streams.Add(next, []);
                    open.Add(next);
                    talk.Frames.Add(random.Next(2) == 0 ? new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, next, (uint)random.Next(1000)) : YamuxFrame.Data(YamuxFlags.Syn, next, data));
                    Sent(talk, next, talk.Frames[^1].Payload, ref left);
                    next += 2;
                    break;
                case <= 4 when open.Count > 0:
                    uint id = Draw.Of(random, open);
                    talk.Frames.Add(YamuxFrame.Data(YamuxFlags.None, id, data));
                    Sent(talk, id, data, ref left);
                    break;
                case 5 when open.Count > 0:
                    talk.Frames.Add(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.None, Draw.Of(random, open), (uint)random.Next(1 << 20)));
                    break;
                case 6 when open.Count > 0:
                    uint ended = Draw.Of(random, open);
                    open.Remove(ended);
                    bool reset = random.Next(2) == 0;
                    talk.Frames.Add(random.Next(2) == 0 && !reset
                        ? YamuxFrame.Data(YamuxFlags.Fin, ended, data)
                        : new YamuxFrame(YamuxFrameType.WindowUpdate, reset ? YamuxFlags.Rst : YamuxFlags.Fin, ended, 0));
                    Sent(talk, ended, talk.Frames[^1].Payload, ref left);
                    if (reset)
                    {
                        talk.Streams.Remove(ended);
                    }

                    break;
                case 7:
                    talk.Frames.Add(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Ack, OfListener, (uint)random.Next(1000)));
                    break;
                default:
                    talk.Frames.Add(new YamuxFrame(YamuxFrameType.Ping, random.Next(2) == 0 ? YamuxFlags.Syn : YamuxFlags.Ack, 0, Draw.UInt32(random)));
                    break;
            }
        }

        return talk;
    }

    protected override void Change(YamuxTalk model, Random random)
    {
        List<YamuxFrame> frames = model.Frames;
        if (frames.Count == 0)
        {
            frames.Add(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, 1, 0));
        }

        int at = random.Next(frames.Count);
        YamuxFrame frame = frames[at];
        switch (random.Next(12))
        {
            case 0:
                frames.RemoveAt(at);
                break;
            case 1:
                frames.InsertRange(at, Enumerable.Repeat(frame with { Payload = frame.Payload[..Math.Min(64, frame.Payload.Length)], Length = Math.Min(64, frame.Length) }, 1 << random.Next(15)));
                break;
            case 2:
                int other = random.Next(frames.Count);
                (frames[at], frames[other]) = (frames[other], frame);
                break;
            case 3:
                frames[at] = frame with { Version = (byte)random.Next(256) };
                break;
            case 4:
                frames[at] = frame with { Type = (byte)random.Next(6) };
                break;
            case 5:
                frames[at] = frame with { Flags = (ushort)(random.Next(3) == 0 ? random.Next(1 << 16) : random.Next(16)) };
                break;
            case 6:
                frames[at] = frame with { Id = StreamId(model, random) };
                break;
            case 7:
                frames[at] = frame with { Length = random.Next(3) == 0 ? Draw.UInt32(random) : unchecked(frame.Length + (uint)random.Next(-2, 3)) };
                break;
            case 8:
                byte[] payload = Mutator.ChangeLeaf(frame.Payload, random);
                frames[at] = frame with { Payload = payload, Length = (uint)payload.Length };
                break;
            case 9:
                frames.Insert(at, new YamuxFrame((YamuxFrameType)random.Next(4), (YamuxFlags)random.Next(16), StreamId(model, random), Draw.UInt32(random)));
                break;
            case 10:
                // More than a window.
                frames.Insert(at, YamuxFrame.Data(YamuxFlags.None, StreamId(model, random), new byte[random.Next(200_000, YamuxOptions.InitialWindow + 100)]));
                break;
            default:
                // More streams than are taken, their numbers in order.
                uint first = StreamId(model, random);
                frames.InsertRange(at, Enumerable.Range(0, 1 << random.Next(9)).Select(i => new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, unchecked(first + (uint)(2 * i)), 0)));
                break;
        }
    }

    protected override byte[] Write(YamuxTalk model)
    {
        using var bytes = new MemoryStream();
        Span<byte> header = stackalloc byte[YamuxHeader.Size];
        foreach (YamuxFrame frame in model.Frames)
        {
            header[0] = frame.Version;
            header[1] = frame.Type;
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], frame.Flags);
            BinaryPrimitives.WriteUInt32BigEndian(header[4..], frame.Id);
            BinaryPrimitives.WriteUInt32BigEndian(header[8..], frame.Length);
            bytes.Write(header);
            bytes.Write(frame.Payload);
        }

        return bytes.ToArray();
    }

    protected override void Check(YamuxTalk model, byte[] bytes)
    {
        using var listener = new YamuxListener();
        FuzzTarget.Require(listener.Take(bytes, static i => 1 + (i * 7 % 40)) is null, "who keeps to the rules is not thrown out");
        FuzzTarget.Require(listener.Streams.Select(stream => stream.Id).Where(model.Streams.ContainsKey).SequenceEqual(model.Streams.Keys), "each stream that was opened is there");
        foreach (YamuxStream stream in listener.Streams.Where(stream => model.Streams.ContainsKey(stream.Id)))
        {
            List<byte> expected = model.Streams[stream.Id];
            var read = new byte[expected.Count + 1];
            int count = 0;
            while (count < expected.Count)
            {
                ValueTask<int> reading = stream.ReadAsync(read.AsMemory(count));
                int more = reading.IsCompletedSuccessfully ? reading.Result : 0;
                FuzzTarget.Require(more > 0, "all that was sent on a stream has come");
                count += more;
            }

            FuzzTarget.Require(read.AsSpan(0, count).SequenceEqual(expected.ToArray()), "what came on a stream is what was sent");
        }
    }

    private static void Sent(YamuxTalk talk, uint id, byte[] data, ref int left)
    {
        talk.Streams[id].AddRange(data);
        left -= data.Length;
    }

    private static uint StreamId(YamuxTalk talk, Random random) => random.Next(6) switch
    {
        0 => 0,
        1 => OfListener,
        2 => (uint)random.Next(40),
        3 => Draw.UInt32(random),
        _ => talk.Streams.Count == 0 ? 1 : Draw.Of(random, [.. talk.Streams.Keys]),
    };
}
