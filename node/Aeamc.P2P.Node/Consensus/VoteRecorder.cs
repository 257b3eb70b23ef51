using System.Buffers.Binary;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Consensus;

/// <summary>
/// Writes down every consensus message that other members send to this node, as received, for whoever compares them later: a member that says two things
/// cannot take either back. Switched on by the environment variable <see cref="Variable"/>, for tests and audits.
/// </summary>
/// <remarks>Records, one after the other: length u32 of what follows, received u64 (Unix milliseconds), sender u16 (place in the committee), message.</remarks>
public sealed class VoteRecorder : IDisposable
{
    /// <summary>The environment variable with the file to append to.</summary>
    public const string Variable = "AEAMC_RECORD_VOTES";

    private const int PrefixBytes = 4 + 8 + 2;

    /// <summary>Messages whose copies are left out; beyond it copies are written, which does no harm.</summary>
    private const int Remembered = 8192;

    private readonly Lock _gate = new();
    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly HashSet<(NodeIndex, Hash256)> _seen = [];

    /// <param name="path">Is appended to.</param>
    /// <param name="time">Dates the records.</param>
    public VoteRecorder(string path, TimeProvider time)
    {
        // Without a buffer: what is written survives a kill of this process.
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        _time = time;
    }

    /// <summary>The recorder that the environment asks for; null for none.</summary>
    public static VoteRecorder? FromEnvironment(TimeProvider time) =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? new VoteRecorder(path, time) : null;

    /// <summary>The records of a file; one that was cut off at the end is left out.</summary>
    public static IEnumerable<(DateTimeOffset Received, NodeIndex Sender, ReadOnlyMemory<byte> Message)> Read(string path)
    {
        byte[] content = ReadAll(path);
        for (int at = 0; at + PrefixBytes <= content.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(at));
            if (length < PrefixBytes - 4 || length > content.Length - at - 4)
            {
                yield break;
            }

            yield return (
                DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(at + 4))),
                new NodeIndex(BinaryPrimitives.ReadUInt16LittleEndian(content.AsSpan(at + 12))),
                content.AsMemory(at + PrefixBytes, length - (PrefixBytes - 4)));
            at += 4 + length;
        }
    }

    /// <summary>Writes one message down, unless the same member has sent the very same bytes a moment ago.</summary>
    public void Record(NodeIndex sender, ReadOnlySpan<byte> message)
    {
        Span<byte> record = new byte[PrefixBytes + message.Length];
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - 4);
        BinaryPrimitives.WriteInt64LittleEndian(record[4..], _time.GetUtcNow().ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteUInt16LittleEndian(record[12..], sender.Value);
        message.CopyTo(record[PrefixBytes..]);
        var hash = Hash256.Of(message);
        lock (_gate)
        {
            if (_seen.Count >= Remembered)
            {
                _seen.Clear();
            }

            if (_seen.Add((sender, hash)))
            {
                _file.Write(record);
            }
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>The writer may still be at it.</summary>
    private static byte[] ReadAll(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }
}
