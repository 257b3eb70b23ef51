using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;

namespace Aeamc.P2P.Node.Tests.Consensus;

public sealed class VoteRecorderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_heard_is_read_back_once_also_after_a_kill_and_a_restart()
    {
        var time = new ManualTime(TestCommittee.Start);
        using (var recorder = new VoteRecorder(_folder["votes"], time))
        {
            recorder.Record(new NodeIndex(1), [1, 2, 3]);
            recorder.Record(new NodeIndex(1), [1, 2, 3]);
            recorder.Record(new NodeIndex(2), [1, 2, 3]);
        }

        // What a kill in the middle of a write leaves.
        byte[] whole = File.ReadAllBytes(_folder["votes"]);
        using (var recorder = new VoteRecorder(_folder["votes"], time))
        {
            recorder.Record(new NodeIndex(3), [9]);
        }

        Assert.Equal(["1:010203", "2:010203", "3:09"], Read());
        Assert.All(VoteRecorder.Read(_folder["votes"]), record => Assert.Equal(TestCommittee.Start, (ulong)record.Received.ToUnixTimeMilliseconds()));
        for (int cut = 0; cut < whole.Length; cut++)
        {
            File.WriteAllBytes(_folder["votes"], whole[..cut]);
            Assert.Equal(cut < whole.Length / 2 ? 0 : 1, Read().Count);
        }
    }

    private List<string> Read() => [.. VoteRecorder.Read(_folder["votes"]).Select(record => $"{record.Sender}:{Convert.ToHexString(record.Message.Span)}")];
}
