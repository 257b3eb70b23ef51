using System.Buffers.Binary;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>Questions and answers. Each question has a number; who has not answered in time has failed.</summary>
public partial class SimulatedNode
{
    /// <summary>Number and kind, after the code.</summary>
    protected const int RequestHead = sizeof(ulong) + 1;

    private const byte Answered = 0;
    private const byte Refused = 1;

    private readonly SortedDictionary<ulong, Question> _questions = [];
    private ulong _questionIds;

    /// <summary>Asks one member; tells once what came of it, unless this node dies before.</summary>
    public void Ask(NodeIndex to, RequestKind kind, byte[] body, Action<SyncStatus, ReadOnlyMemory<byte>> answered)
    {
        ulong id = ++_questionIds;
        _questions.Add(id, new Question(to, kind, answered));
        Transmit(to, Simulation.Network.Envelope([RequestCode, .. Head(id, kind), .. body]));
        Later(Simulation.Options.RequestPatience * 1000, () => Close(id, SyncStatus.Failed, default));
    }

    private static byte[] Head(ulong id, RequestKind kind)
    {
        var head = new byte[RequestHead];
        BinaryPrimitives.WriteUInt64BigEndian(head, id);
        head[^1] = (byte)kind;
        return head;
    }

    private void OnRequest(int from, ReadOnlySpan<byte> body)
    {
        var kind = (RequestKind)body[RequestHead - 1];
        byte[]? reply = Blocks.Serve(kind, Simulation.MemberAt(from), body[RequestHead..].ToArray());
        if (reply is not null && IsHonest)
        {
            Simulation.Checks.OnServed(this, kind, reply);
        }

        Answer(from, [ReplyCode, .. body[..RequestHead], reply is null ? Refused : Answered, .. reply ?? []]);
    }

    private void OnReply(int from, ReadOnlySpan<byte> body)
    {
        ulong id = BinaryPrimitives.ReadUInt64BigEndian(body);
        if (_questions.TryGetValue(id, out Question? question) && question.To == Simulation.MemberAt(from) && (byte)question.Kind == body[RequestHead - 1])
        {
            Close(id, body[RequestHead] == Answered ? SyncStatus.Answered : SyncStatus.Refused, body[(RequestHead + 1)..].ToArray());
        }
    }

    private void Close(ulong id, SyncStatus status, ReadOnlyMemory<byte> bytes)
    {
        if (_questions.Remove(id, out Question? question))
        {
            question.Told(status, bytes);
        }
    }

    private sealed record Question(NodeIndex To, RequestKind Kind, Action<SyncStatus, ReadOnlyMemory<byte>> Told);
}
